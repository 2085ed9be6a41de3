SELECT a.time AS "Timestamp", a.id AS "AlertId", a.title AS "Title", a.category AS "Category", a.severity AS "Severity",
       a.source AS "ServiceSource", coalesce(json_extract_string(a.body, '$.detection_source'), a.source) AS "DetectionSource",
       coalesce(CAST(json_extract(a.body, '$.techniques') AS VARCHAR), '[]') AS "AttackTechniques"
FROM main.alert a
