-- All rows of the table, without what must be looked up in the device and in the evidence.
SELECT a.id AS "AlertId", a.time AS "Timestamp", a.device AS "DeviceId", a.severity AS "Severity", a.category AS "Category", a.title AS "Title"
FROM main.alert a
