-- As the table, with a row for each installation: for aggregates to which duplicates are the same.
SELECT d.id AS "DeviceId", d.name AS "DeviceName", d.os_platform AS "OSPlatform", d.os_version AS "OSVersion",
       d.os_architecture AS "OSArchitecture", y.vendor AS "SoftwareVendor", y.product AS "SoftwareName",
       y.version AS "SoftwareVersion", f.cve AS "CveId", coalesce(c.severity, '') AS "VulnerabilitySeverityLevel",
       CASE WHEN f.hotfix <> '' THEN f.hotfix WHEN f.fixed_version <> '' THEN y.product || ' ' || f.fixed_version ELSE '' END AS "RecommendedSecurityUpdate",
       f.hotfix AS "RecommendedSecurityUpdateId",
       '[' || concat_ws(',', CASE WHEN c.known_exploited THEN '"KnownExploited"' END, CASE WHEN f.state <> 'fixed' AND f.fixed_version = '' AND f.hotfix = ''
                        THEN CASE WHEN c.known_exploited THEN '"ZeroDay",' ELSE '' END || '"NoSecurityUpdate"' END) || ']' AS "CveTags",
       '' AS "CveMitigationStatus"
FROM main.installation i
JOIN main.finding f ON f.software = i.software AND NOT f.hidden
JOIN main.device d ON d.id = i.device
JOIN main.identity y ON y.software = i.software
ANTI JOIN main.finding_cleared x ON x.device = i.device AND x.software = i.software AND x.cve = f.cve
LEFT JOIN main.cve c ON c.id = f.cve
