-- Browser extensions of each device.
SELECT i.device AS "DeviceId",
       CASE s.source WHEN 'chrome_extensions' THEN 'chrome' WHEN 'firefox_addons' THEN 'firefox' WHEN 'edge_extensions' THEN 'edge' ELSE s.source END AS "BrowserName",
       s.bundle_id AS "ExtensionId", s.name AS "ExtensionName", s.version AS "ExtensionVersion", s.vendor AS "ExtensionVendor",
       'true' AS "IsActivated"
FROM main.installation i
JOIN main.software s ON s.id = i.software
WHERE s.source IN ('chrome_extensions', 'firefox_addons', 'edge_extensions', 'safari_extensions')
