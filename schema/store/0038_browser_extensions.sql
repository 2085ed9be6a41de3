-- Migration 38. What browser extensions ask for is read from the distinct texts that sensors sent, of which a fleet has few, and not
-- device by device; where the last part of a key begins is looked for from its end.
CREATE VIEW browser_extension_software AS
SELECT s.id, s.bundle_id AS extension, s.name, s.vendor, s.version,
       CASE s.source WHEN 'chrome_extensions' THEN coalesce(nullif(s.edition, ''), 'chrome') WHEN 'firefox_addons' THEN 'firefox'
                     WHEN 'edge_extensions' THEN 'edge' WHEN 'safari_extensions' THEN 'safari' END AS browser,
       'osquery.' || s.source || CASE WHEN s.source = 'chrome_extensions' THEN '.' || s.edition ELSE '' END || '.' || s.bundle_id AS subject
FROM main.software s WHERE s.source IN ('chrome_extensions', 'firefox_addons', 'edge_extensions', 'safari_extensions');
-- The subject is the key without its last part, the user. A value that is no JSON reads as NULL, also where the engine looks into it
-- before it looks at the key.
CREATE VIEW browser_extension_told AS
SELECT device, key, left(key, length(key) - strpos(reverse(key), '.')) AS subject,
       CASE WHEN json_valid(value) THEN value END AS value
FROM main.setting WHERE starts_with(key, 'osquery.chrome_extensions.') OR starts_with(key, 'osquery.firefox_addons.');
CREATE OR REPLACE VIEW browser_extension AS
SELECT v.*, f.turned_on, f.required, f.optional
FROM (SELECT i.device, s.extension, s.name, s.vendor, s.version, max(i.installed_at) AS installed_at, s.browser, s.subject
      FROM main.installation i JOIN main.browser_extension_software s ON s.id = i.software GROUP BY ALL) v
LEFT JOIN (SELECT device, subject, bool_or(coalesce(value->>'$.state', value->>'$.active') = '1') AS turned_on,
                  max(value->>'$.permissions') AS required, max(value->>'$.optional_permissions') AS optional
           FROM main.browser_extension_told GROUP BY ALL) f ON f.device = v.device AND f.subject = v.subject;
-- Browser x extension x what some device's sensor said that it asks for; null where it said nothing of that.
CREATE VIEW browser_extension_ask AS
SELECT DISTINCT s.browser, s.extension, t.value->>'$.permissions' AS required, t.value->>'$.optional_permissions' AS optional
FROM (SELECT DISTINCT subject, value FROM main.browser_extension_told) t
JOIN (SELECT DISTINCT browser, extension, subject FROM main.browser_extension_software) s ON s.subject = t.subject;
CREATE OR REPLACE VIEW browser_extension_permission AS
SELECT browser, extension, permission, bool_or(required) AS required,
       CASE WHEN regexp_matches(permission, '^(<all_urls>|(\*|https?|ftp|file|wss?)://(\*|/)?/?\*?)$') THEN 'all_sites'
            WHEN contains(permission, '://') THEN 'some_sites' ELSE permission END AS name
FROM (SELECT browser, extension, required, unnest(regexp_split_to_array(text, '[,\s]+')) AS permission
      FROM (SELECT browser, extension, true AS required, required AS text FROM main.browser_extension_ask
            UNION SELECT browser, extension, false, optional FROM main.browser_extension_ask))
WHERE permission <> '' GROUP BY ALL;
CREATE OR REPLACE VIEW browser_extension_risk AS
SELECT e.browser, e.extension, coalesce(max_by(p.risk, CASE p.risk WHEN 'Critical' THEN 4 WHEN 'High' THEN 3 WHEN 'Medium' THEN 2 WHEN 'Low' THEN 1 ELSE 0 END), 'None') AS risk
FROM (SELECT DISTINCT browser, extension FROM main.browser_extension_ask WHERE required IS NOT NULL) e
LEFT JOIN (SELECT x.browser, x.extension, coalesce(b.risk, 'Low') AS risk
           FROM main.browser_extension_permission x LEFT JOIN main.browser_permission b ON b.name = x.name
           WHERE x.required) p ON p.browser = e.browser AND p.extension = e.extension
GROUP BY ALL;
