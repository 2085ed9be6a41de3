-- The table of 2020: inventory with its CVEs; software without any has one row with an empty CveId.
SELECT d.id AS "DeviceId", d.name AS "DeviceName", d.os_platform AS "OSPlatform", d.os_version AS "OSVersion",
       d.os_architecture AS "OSArchitecture", y.vendor AS "SoftwareVendor", y.product AS "SoftwareName",
       y.version AS "SoftwareVersion", v.cve AS "CveId", coalesce(c.severity, '') AS "VulnerabilitySeverityLevel"
FROM (
    SELECT i.device, i.software, f.cve
    FROM (SELECT DISTINCT device, software FROM main.installation) i
    JOIN main.finding f ON f.software = i.software AND NOT f.hidden
    WHERE NOT EXISTS (SELECT 1 FROM main.finding_cleared x
                      WHERE x.device = i.device AND x.software = i.software AND x.cve = f.cve)
    UNION ALL
    SELECT i.device, i.software, '' AS cve
    FROM (SELECT DISTINCT device, software FROM main.installation) i
    LEFT JOIN (SELECT software, count(*) AS findings FROM main.finding WHERE NOT hidden GROUP BY software) n
           ON n.software = i.software
    LEFT JOIN (SELECT x.device, x.software, count(DISTINCT x.cve) AS cleared
               FROM main.finding_cleared x JOIN main.finding f ON f.software = x.software AND f.cve = x.cve AND NOT f.hidden
               GROUP BY ALL) k
           ON k.device = i.device AND k.software = i.software
    WHERE coalesce(n.findings, 0) = coalesce(k.cleared, 0)
) v
JOIN main.device d ON d.id = v.device
JOIN main.identity y ON y.software = v.software
LEFT JOIN main.cve c ON c.id = v.cve
