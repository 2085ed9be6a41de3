-- Device x software version x CVE. Where two software rows of a device have one identity, a finding of both is one row: of the one
-- with the lower number. Few identities are shared like that; they are looked up first.
SELECT d.id AS "DeviceId", d.name AS "DeviceName", d.os_platform AS "OSPlatform", d.os_version AS "OSVersion",
       d.os_architecture AS "OSArchitecture", y.vendor AS "SoftwareVendor", y.product AS "SoftwareName",
       y.version AS "SoftwareVersion", f.cve AS "CveId", coalesce(c.severity, '') AS "VulnerabilitySeverityLevel",
       CASE WHEN f.hotfix <> '' THEN f.hotfix WHEN f.fixed_version <> '' THEN y.product || ' ' || f.fixed_version ELSE '' END AS "RecommendedSecurityUpdate",
       f.hotfix AS "RecommendedSecurityUpdateId",
       '[' || concat_ws(',', CASE WHEN c.known_exploited THEN '"KnownExploited"' END, CASE WHEN f.state <> 'fixed' AND f.fixed_version = '' AND f.hotfix = ''
                        THEN CASE WHEN c.known_exploited THEN '"ZeroDay",' ELSE '' END || '"NoSecurityUpdate"' END) || ']' AS "CveTags",
       '' AS "CveMitigationStatus", d.last_seen AS "TimeGenerated"
FROM (SELECT DISTINCT device, software FROM main.installation) i
JOIN main.finding f ON f.software = i.software AND NOT f.hidden
JOIN main.device d ON d.id = i.device
JOIN main.identity y ON y.software = i.software
ANTI JOIN main.finding_cleared x ON x.device = i.device AND x.software = i.software AND x.cve = f.cve
ANTI JOIN (SELECT a.device, a.software, f.cve
           FROM main.identity y
           JOIN main.identity o ON o.vendor = y.vendor AND o.product = y.product AND o.version = y.version AND o.software < y.software
           JOIN main.finding f ON f.software = o.software AND NOT f.hidden
           JOIN main.installation a ON a.software = y.software
           JOIN main.installation b ON b.software = o.software AND b.device = a.device
           ANTI JOIN main.finding_cleared z ON z.device = b.device AND z.software = o.software AND z.cve = f.cve) t
       ON t.device = i.device AND t.software = i.software AND t.cve = f.cve
LEFT JOIN main.cve c ON c.id = f.cve
