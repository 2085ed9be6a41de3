-- The same rows, for queries that name CVEs or products: what they name is looked up before installations are told apart.
SELECT d.id AS "DeviceId", d.name AS "DeviceName", d.os_platform AS "OSPlatform", d.os_version AS "OSVersion",
       d.os_architecture AS "OSArchitecture", g.vendor AS "SoftwareVendor", g.product AS "SoftwareName",
       g.version AS "SoftwareVersion", g.cve AS "CveId", coalesce(c.severity, '') AS "VulnerabilitySeverityLevel",
       CASE WHEN g.hotfix <> '' THEN g.hotfix WHEN g.fixed_version <> '' THEN g.product || ' ' || g.fixed_version ELSE '' END AS "RecommendedSecurityUpdate",
       g.hotfix AS "RecommendedSecurityUpdateId",
       '[' || concat_ws(',', CASE WHEN c.known_exploited THEN '"KnownExploited"' END, CASE WHEN g.state <> 'fixed' AND g.fixed_version = '' AND g.hotfix = ''
                        THEN CASE WHEN c.known_exploited THEN '"ZeroDay",' ELSE '' END || '"NoSecurityUpdate"' END) || ']' AS "CveTags",
       '' AS "CveMitigationStatus", d.last_seen AS "TimeGenerated"
FROM (SELECT i.device, y.vendor, y.product, y.version, f.cve, arg_min(f.hotfix, i.software) AS hotfix,
             arg_min(f.fixed_version, i.software) AS fixed_version, arg_min(f.state, i.software) AS state
      FROM main.installation i
      JOIN main.finding f ON f.software = i.software AND NOT f.hidden
      JOIN main.identity y ON y.software = i.software
      ANTI JOIN main.finding_cleared x ON x.device = i.device AND x.software = i.software AND x.cve = f.cve
      GROUP BY i.device, y.vendor, y.product, y.version, f.cve) g
JOIN main.device d ON d.id = g.device
LEFT JOIN main.cve c ON c.id = g.cve
