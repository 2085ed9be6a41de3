-- One row for each alert.
SELECT a.time AS "Timestamp", a.id AS "AlertId", a.title AS "Title", a.severity AS "Severity", a.status AS "Status", a.category AS "Category",
       a.source AS "ServiceSource", a.device AS "DeviceId", coalesce(d.name, '') AS "DeviceName", coalesce(d.device_group, '') AS "MachineGroup",
       coalesce(h.assigned_to, '') AS "AssignedTo", coalesce(h.classification, '') AS "Classification", coalesce(h.determination, '') AS "Determination",
       greatest(a.time, coalesce(h.changed_at, 0)) AS "LastUpdateTime", nullif(h.resolved_at, 0) AS "ResolvedTime"
FROM main.alert a LEFT JOIN main.device d ON d.id = a.device LEFT JOIN main.alert_handling h ON h.alert = a.id
