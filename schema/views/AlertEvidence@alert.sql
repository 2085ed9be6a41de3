-- A row for each alert instead of one for each thing that it is about: for aggregates to which duplicates are the same.
SELECT a.time AS "Timestamp", a.id AS "AlertId", a.title AS "Title", '["' || a.category || '"]' AS "Categories",
       a.source AS "ServiceSource", a.device AS "DeviceId", coalesce(d.name, '') AS "DeviceName", a.severity AS "Severity"
FROM main.alert a LEFT JOIN main.device d ON d.id = a.device
