-- Browser extensions of each device. Risk and whether they are turned on: empty where no sensor told of it.
SELECT e.device AS "DeviceId", e.browser AS "BrowserName", e.extension AS "ExtensionId", e.name AS "ExtensionName",
       e.version AS "ExtensionVersion", coalesce(r.risk, '') AS "ExtensionRisk", e.vendor AS "ExtensionVendor",
       CASE WHEN e.turned_on THEN 'true' WHEN NOT e.turned_on THEN 'false' ELSE '' END AS "IsActivated"
FROM main.browser_extension e
LEFT JOIN main.browser_extension_risk r ON r.browser = e.browser AND r.extension = e.extension
