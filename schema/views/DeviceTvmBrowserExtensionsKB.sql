-- What the fleet's extensions ask for, a row for each permission.
SELECT e.browser AS "BrowserName", e.extension AS "ExtensionId", e.name AS "ExtensionName", e.versions AS "ExtensionVersion",
       r.risk AS "ExtensionRisk", p.permission AS "PermissionId", coalesce(b.title, p.permission) AS "PermissionName",
       coalesce(b.description, '') AS "PermissionDescription", coalesce(b.risk, 'Low') AS "PermissionRisk",
       CASE WHEN p.required THEN 'true' ELSE 'false' END AS "IsPermissionRequired"
FROM (SELECT browser, extension, max(name) AS name, to_json(list(DISTINCT version ORDER BY version))::VARCHAR AS versions
      FROM main.browser_extension GROUP BY ALL) e
JOIN main.browser_extension_permission p ON p.browser = e.browser AND p.extension = e.extension
JOIN main.browser_extension_risk r ON r.browser = e.browser AND r.extension = e.extension
LEFT JOIN main.browser_permission b ON b.name = p.name
