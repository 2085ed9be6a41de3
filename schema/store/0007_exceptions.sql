-- Migration 7. Exceptions, and the numbers before and after them (docs/exceptions.md).
CREATE TABLE exception (
    id VARCHAR NOT NULL,              -- unique; no index, rows are few
    subject VARCHAR NOT NULL,         -- id of a recommendation, or a CVE
    kind VARCHAR NOT NULL,            -- Recommendation, Vulnerability
    title VARCHAR NOT NULL,
    scope VARCHAR NOT NULL,           -- Global, DeviceGroups, Query
    device_groups VARCHAR NOT NULL,   -- JSON array; "" is no group
    query VARCHAR NOT NULL,           -- KQL that gives DeviceId
    query_time BIGINT NOT NULL,       -- when it was last answered; 0 never
    query_error VARCHAR NOT NULL,     -- why it could not be answered the last time; '' it was
    justification VARCHAR NOT NULL, notes VARCHAR NOT NULL,
    state VARCHAR NOT NULL,           -- PendingApproval InEffect Suspended Rejected Expired Cancelled Reopened
    created BIGINT NOT NULL, created_by VARCHAR NOT NULL,
    ends BIGINT NOT NULL,
    decided BIGINT NOT NULL, decided_by VARCHAR NOT NULL, decision_notes VARCHAR NOT NULL,
    ended BIGINT NOT NULL, ended_by VARCHAR NOT NULL, ended_reason VARCHAR NOT NULL,
    reopen BOOLEAN NOT NULL,          -- end it by itself when things get worse
    reminder_days BIGINT NOT NULL, reminded BIGINT NOT NULL,
    exploited_then BOOLEAN NOT NULL, exploit_then BOOLEAN NOT NULL, devices_then BIGINT NOT NULL,  -- when it was made
    devices BIGINT NOT NULL           -- it speaks of now
);
-- What the query of an exception gave the last time.
CREATE TABLE exception_device (exception VARCHAR NOT NULL, device VARCHAR NOT NULL);
-- Devices that leave the counts of a subject; derived, made anew with the exposure.
CREATE TABLE exempt (subject VARCHAR NOT NULL, device VARCHAR NOT NULL);

ALTER TABLE cve_exposure ADD COLUMN devices_before BIGINT DEFAULT 0;         -- devices: after exceptions
ALTER TABLE product_exposure ADD COLUMN exposed_after BIGINT DEFAULT 0;      -- exposed_devices: before exceptions
ALTER TABLE device_exposure ADD COLUMN hazard_before DOUBLE DEFAULT 0;       -- hazard, level: after exceptions
ALTER TABLE exposure_score ADD COLUMN score_before DOUBLE DEFAULT 0;         -- score: after exceptions
ALTER TABLE secure_score ADD COLUMN points_before DOUBLE DEFAULT 0;          -- points: after exceptions
ALTER TABLE recommendation ADD COLUMN exposure_impact_after DOUBLE DEFAULT 0;
ALTER TABLE recommendation ADD COLUMN score_impact_after DOUBLE DEFAULT 0;
UPDATE cve_exposure SET devices_before = devices;
UPDATE product_exposure SET exposed_after = exposed_devices;
UPDATE device_exposure SET hazard_before = hazard;
UPDATE exposure_score SET score_before = score;
UPDATE secure_score SET points_before = points;
UPDATE recommendation SET exposure_impact_after = exposure_impact, score_impact_after = score_impact;
