SELECT a.time AS "Timestamp", a.id AS "AlertId", a.title AS "Title", a.category AS "Category", a.severity AS "Severity",
       a.source AS "ServiceSource", a.source AS "DetectionSource"
FROM main.alert a
