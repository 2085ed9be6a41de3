-- Alerts with the device they concern: the table of 2020. File and address are those of the first thing that has one.
SELECT a.id AS "AlertId", a.time AS "Timestamp", a.device AS "DeviceId", coalesce(d.name, '') AS "DeviceName",
       a.severity AS "Severity", a.category AS "Category", a.title AS "Title",
       coalesce((SELECT first(e.value->>'file_name') FROM json_each(json_extract(a.body, '$.evidence')) e WHERE e.value->>'file_name' <> ''), '') AS "FileName",
       coalesce((SELECT first(e.value->>'sha1') FROM json_each(json_extract(a.body, '$.evidence')) e WHERE e.value->>'sha1' <> ''), '') AS "SHA1",
       coalesce((SELECT first(e.value->>'remote_url') FROM json_each(json_extract(a.body, '$.evidence')) e WHERE e.value->>'remote_url' <> ''), '') AS "RemoteUrl",
       coalesce((SELECT first(e.value->>'remote_ip') FROM json_each(json_extract(a.body, '$.evidence')) e WHERE e.value->>'remote_ip' <> ''), '') AS "RemoteIP",
       coalesce(CAST(json_extract(a.body, '$.techniques') AS VARCHAR), '[]') AS "AttackTechniques",
       coalesce(json_extract(a.body, '$.report_id')::BIGINT, 0) AS "ReportId", coalesce(json_extract_string(a.body, '$.table'), '') AS "Table"
FROM main.alert a LEFT JOIN main.device d ON d.id = a.device
