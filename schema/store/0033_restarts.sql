-- Migration 33. Devices that wait for a restart, as sensors tell (sensors/restart.h). pending is null where nothing told;
-- windows_update: an update of Windows is in and waits; kernel: a newer kernel is installed than runs.
CREATE VIEW device_restart AS
SELECT device, max(value) FILTER (key = 'restart.pending') = '1' AS pending,
       coalesce(to_json(list(substr(key, 16) ORDER BY key) FILTER (starts_with(key, 'restart.reason.')))::VARCHAR, '[]') AS reasons,
       coalesce(to_json(list(detail ORDER BY key) FILTER (detail <> ''))::VARCHAR, '[]') AS details,
       min(since) AS since,  -- ISO text; the earliest that is known
       bool_or(key IN ('restart.reason.component_servicing', 'restart.reason.windows_update')) AS windows_update,
       bool_or(key = 'restart.reason.kernel') AS kernel, max(seen) AS seen
FROM (SELECT device, key, value, seen, CASE WHEN json_valid(value) THEN value->>'$.since' END AS since,
             CASE WHEN json_valid(value) THEN value->>'$.detail' END AS detail
      FROM main.setting WHERE starts_with(key, 'restart.'))
GROUP BY device;
