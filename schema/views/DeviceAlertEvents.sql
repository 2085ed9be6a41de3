-- Alerts with the device they concern: the table of 2020.
SELECT a.id AS "AlertId", a.time AS "Timestamp", a.device AS "DeviceId", coalesce(d.name, '') AS "DeviceName",
       a.severity AS "Severity", a.category AS "Category", a.title AS "Title", 0::BIGINT AS "ReportId"
FROM main.alert a LEFT JOIN main.device d ON d.id = a.device
