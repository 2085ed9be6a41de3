-- Certificates that sensors read of each device (osquery's table certificates, kept as settings by SHA-1 and path). Dates and key
-- size are text, as the table has them. A value that is no JSON reads as empty: the engine looks into values of other settings, too,
-- when a query's condition on one of these columns is tested before the condition on the key.
SELECT s.device AS "DeviceId", substr(s.key, 22, 40) AS "Thumbprint",
       coalesce(json_extract_string(s.value, '$.path'), substr(s.key, 63)) AS "Path",
       coalesce(json_extract_string(s.value, '$.serial'), '') AS "SerialNumber",
       json_object('CommonName', coalesce(json_extract_string(s.value, '$.common_name'), ''),
                   'DistinguishedName', coalesce(json_extract_string(s.value, '$.subject'), ''))::VARCHAR AS "IssuedTo",
       json_object('CommonName', trim(regexp_extract(coalesce(json_extract_string(s.value, '$.issuer'), ''), '(?:^|[/,])\s*CN\s*=\s*([^/,]*)', 1)),
                   'DistinguishedName', coalesce(json_extract_string(s.value, '$.issuer'), ''))::VARCHAR AS "IssuedBy",
       coalesce(json_extract_string(s.value, '$.common_name'), '') AS "FriendlyName",
       coalesce(json_extract_string(s.value, '$.signing_algorithm'), '') AS "SignatureAlgorithm",
       coalesce(json_extract_string(s.value, '$.key_strength'), '') AS "KeySize",
       coalesce(strftime(make_timestamp(try_cast(json_extract_string(s.value, '$.not_valid_after') AS BIGINT) * 1000000), '%Y-%m-%dT%H:%M:%SZ'), '') AS "ExpirationDate",
       coalesce(strftime(make_timestamp(try_cast(json_extract_string(s.value, '$.not_valid_before') AS BIGINT) * 1000000), '%Y-%m-%dT%H:%M:%SZ'), '') AS "IssueDate",
       CASE WHEN json_extract_string(s.value, '$.ca') = '1' THEN 'CA' ELSE 'End entity' END AS "SubjectType",
       coalesce(json_extract_string(s.value, '$.key_usage'), '') AS "KeyUsage"
FROM (SELECT device, key, CASE WHEN json_valid(value) THEN value END AS value FROM main.setting) s
WHERE starts_with(s.key, 'osquery.certificates.')
