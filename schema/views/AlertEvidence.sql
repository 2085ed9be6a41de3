-- Each alert with its device, and one row for each further thing that it is about.
SELECT a.time AS "Timestamp", a.id AS "AlertId", a.title AS "Title", '["' || a.category || '"]' AS "Categories",
       coalesce(CAST(json_extract(a.body, '$.techniques') AS VARCHAR), '[]') AS "AttackTechniques",
       a.source AS "ServiceSource", coalesce(json_extract_string(a.body, '$.detection_source'), a.source) AS "DetectionSource",
       coalesce(nullif(e.value->>'type', ''), 'Machine') AS "EntityType",
       coalesce(nullif(e.value->>'role', ''), 'Impacted') AS "EvidenceRole", coalesce(e.value->>'direction', '') AS "EvidenceDirection",
       coalesce(e.value->>'file_name', '') AS "FileName", coalesce(e.value->>'folder_path', '') AS "FolderPath",
       coalesce(e.value->>'sha1', '') AS "SHA1", coalesce(e.value->>'sha256', '') AS "SHA256",
       CAST(e.value->'file_size' AS BIGINT) AS "FileSize", coalesce(e.value->>'threat_family', '') AS "ThreatFamily",
       coalesce(e.value->>'remote_ip', '') AS "RemoteIP", coalesce(e.value->>'remote_url', '') AS "RemoteUrl",
       coalesce(e.value->>'account_name', '') AS "AccountName", coalesce(e.value->>'account_domain', '') AS "AccountDomain",
       coalesce(e.value->>'account_sid', '') AS "AccountSid", coalesce(e.value->>'account_upn', '') AS "AccountUpn",
       a.device AS "DeviceId", coalesce(d.name, '') AS "DeviceName", coalesce(e.value->>'local_ip', '') AS "LocalIP",
       coalesce(e.value->>'application', '') AS "Application",
       coalesce(e.value->>'process_command_line', '') AS "ProcessCommandLine", coalesce(e.value->>'registry_key', '') AS "RegistryKey",
       coalesce(e.value->>'registry_value_name', '') AS "RegistryValueName", coalesce(e.value->>'registry_value_data', '') AS "RegistryValueData",
       nullif(e.value->>'additional_fields', '') AS "AdditionalFields", a.severity AS "Severity"
FROM main.alert a LEFT JOIN main.device d ON d.id = a.device,
     LATERAL (SELECT NULL::JSON AS value
              UNION ALL SELECT x.value FROM json_each(json_extract(a.body, '$.evidence')) x
              WHERE coalesce(x.value->>'type', '') <> 'Machine') e
