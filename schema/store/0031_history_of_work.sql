-- Migration 31. The past of exposure levels, of exceptions and of remediation, kept as migration 15 keeps the rest. A level
-- that was not written down is ''. Of exceptions what each publication rewrites (when a query was answered) is not kept.
ALTER TABLE device_history ADD COLUMN level VARCHAR DEFAULT '';
CREATE TABLE exception_history AS
    SELECT * EXCLUDE (query_time, query_error, reminded), 0::BIGINT AS valid_from, 0::BIGINT AS valid_to FROM main.exception LIMIT 0;
-- How many devices a task has, fixed and away, is counted of remediation_device_history.
CREATE TABLE remediation_history AS
    SELECT * EXCLUDE (target_devices, fixed_devices, away_devices), 0::BIGINT AS valid_from, 0::BIGINT AS valid_to FROM main.remediation LIMIT 0;
CREATE TABLE remediation_device_history AS
    SELECT *, 0::BIGINT AS valid_from, 0::BIGINT AS valid_to FROM main.remediation_device LIMIT 0;
