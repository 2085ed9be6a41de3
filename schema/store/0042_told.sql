-- Migration 42. Certificates of devices, kept as settings by SHA-1 and path: the JSON is read once a row, into a struct, and not once
-- for each column; key names the row, so that few are found before it is read. A value that is no JSON reads as NULL, also where the
-- engine looks into it before it looks at the key.
-- Times are ticks; NULL where a sensor tells none between 1970 and 9999.
CREATE VIEW certificate AS
SELECT device, key, substr(key, 22, 40) AS thumbprint, coalesce(told.path, substr(key, 63)) AS path, coalesce(told.serial, '') AS serial,
       coalesce(told.common_name, '') AS common_name,
       json_object('CommonName', coalesce(told.common_name, ''), 'DistinguishedName', coalesce(told.subject, ''))::VARCHAR AS issued_to,
       json_object('CommonName', regexp_extract(coalesce(told.issuer, ''), '(?:^|[/,])\s*CN\s*=\s*([^/,]*?)\s*(?:[/,]|$)', 1),
                   'DistinguishedName', coalesce(told.issuer, ''))::VARCHAR AS issued_by,
       coalesce(told.signing_algorithm, '') AS algorithm, coalesce(told.key_strength, '') AS key_size,
       CASE WHEN told.ca = '1' THEN 'CA' ELSE 'End entity' END AS subject_type, coalesce(told.key_usage, '') AS key_usage,
       CASE WHEN try_cast(told.not_valid_before AS BIGINT) BETWEEN 0 AND 253402300799
            THEN try_cast(told.not_valid_before AS BIGINT) * 10000000 + 621355968000000000 END AS begins,
       CASE WHEN try_cast(told.not_valid_after AS BIGINT) BETWEEN 0 AND 253402300799
            THEN try_cast(told.not_valid_after AS BIGINT) * 10000000 + 621355968000000000 END AS ends
FROM (SELECT device, key,
             json_transform(CASE WHEN json_valid(value) THEN value END,
                            '{"path": "VARCHAR", "serial": "VARCHAR", "common_name": "VARCHAR", "subject": "VARCHAR", "issuer": "VARCHAR", "signing_algorithm": "VARCHAR", "key_strength": "VARCHAR", "not_valid_before": "VARCHAR", "not_valid_after": "VARCHAR", "ca": "VARCHAR", "key_usage": "VARCHAR"}') AS told
      FROM main.setting WHERE starts_with(key, 'osquery.certificates.'));
-- A fleet has few distinct texts of what extensions ask for: they are told apart before anything is computed of them, and looked up
-- once for a query.
CREATE OR REPLACE VIEW browser_extension_ask AS
SELECT DISTINCT s.browser, s.extension, t.value->>'$.permissions' AS required, t.value->>'$.optional_permissions' AS optional
FROM (SELECT DISTINCT left(key, length(key) - strpos(reverse(key), '.')) AS subject, CASE WHEN json_valid(value) THEN value END AS value
      FROM (SELECT DISTINCT key, value FROM main.setting
            WHERE starts_with(key, 'osquery.chrome_extensions.') OR starts_with(key, 'osquery.firefox_addons.'))) t
JOIN (SELECT DISTINCT browser, extension, subject FROM main.browser_extension_software) s ON s.subject = t.subject;
-- Browser x extension x permission that some sensor said it asks for; '' where it said that it asks for none.
CREATE VIEW browser_extension_wish AS
WITH ask AS MATERIALIZED (FROM main.browser_extension_ask)
SELECT browser, extension, permission, bool_or(required) AS required,
       CASE WHEN regexp_matches(permission, '^(<all_urls>|(\*|https?|ftp|file|wss?)://(\*|/)?/?\*?)$') THEN 'all_sites'
            WHEN contains(permission, '://') THEN 'some_sites' ELSE permission END AS name
FROM (SELECT browser, extension, required, unnest(regexp_split_to_array(text, '[,\s]+')) AS permission
      FROM (SELECT browser, extension, true AS required, required AS text FROM ask
            UNION SELECT browser, extension, false, optional FROM ask))
GROUP BY ALL;
CREATE OR REPLACE VIEW browser_extension_permission AS FROM main.browser_extension_wish WHERE permission <> '';
CREATE OR REPLACE VIEW browser_extension_risk AS
SELECT w.browser, w.extension,
       coalesce(max_by(w.risk, CASE w.risk WHEN 'Critical' THEN 4 WHEN 'High' THEN 3 WHEN 'Medium' THEN 2 WHEN 'Low' THEN 1 ELSE 0 END), 'None') AS risk,
       count(w.permission) AS permissions  -- that it cannot do without
FROM (SELECT x.browser, x.extension, nullif(x.permission, '') AS permission, CASE WHEN x.permission <> '' THEN coalesce(b.risk, 'Low') END AS risk
      FROM main.browser_extension_wish x LEFT JOIN main.browser_permission b ON b.name = x.name WHERE x.required) w
GROUP BY ALL;
