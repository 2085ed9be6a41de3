-- The table of 2020: inventory with its CVEs; software without any has one row with an empty CveId. Software rows of a device
-- that have one identity are one software here: a finding of both is one row, as in DeviceTvmSoftwareVulnerabilities, and only
-- where none of them has any is there a row without CVE, that of the lowest number.
SELECT d.id AS "DeviceId", d.name AS "DeviceName", d.os_platform AS "OSPlatform", d.os_version AS "OSVersion",
       d.os_architecture AS "OSArchitecture", y.vendor AS "SoftwareVendor", y.product AS "SoftwareName",
       y.version AS "SoftwareVersion", v.cve AS "CveId", coalesce(c.severity, '') AS "VulnerabilitySeverityLevel"
FROM (
    SELECT i.device, i.software, f.cve
    FROM (SELECT DISTINCT device, software FROM main.installation) i
    JOIN main.finding f ON f.software = i.software AND NOT f.hidden
    ANTI JOIN main.finding_cleared x ON x.device = i.device AND x.software = i.software AND x.cve = f.cve
    ANTI JOIN (SELECT a.device, a.software, f.cve
               FROM main.identity y
               JOIN main.identity o ON o.vendor = y.vendor AND o.product = y.product AND o.version = y.version AND o.software < y.software
               JOIN main.finding f ON f.software = o.software AND NOT f.hidden
               JOIN main.installation a ON a.software = y.software
               JOIN main.installation b ON b.software = o.software AND b.device = a.device
               ANTI JOIN main.finding_cleared z ON z.device = b.device AND z.software = o.software AND z.cve = f.cve) t
           ON t.device = i.device AND t.software = i.software AND t.cve = f.cve
    UNION ALL
    SELECT i.device, i.software, '' AS cve
    FROM (SELECT DISTINCT device, software FROM main.installation) i
    LEFT JOIN (SELECT software, count(*) AS findings FROM main.finding WHERE NOT hidden GROUP BY software) n
           ON n.software = i.software
    LEFT JOIN (SELECT x.device, x.software, count(DISTINCT x.cve) AS cleared
               FROM main.finding_cleared x JOIN main.finding f ON f.software = x.software AND f.cve = x.cve AND NOT f.hidden
               GROUP BY ALL) k
           ON k.device = i.device AND k.software = i.software
    ANTI JOIN (SELECT a.device, a.software
               FROM main.identity y
               JOIN main.identity o ON o.vendor = y.vendor AND o.product = y.product AND o.version = y.version AND o.software <> y.software
               JOIN main.installation a ON a.software = y.software
               JOIN main.installation b ON b.software = o.software AND b.device = a.device
               LEFT JOIN main.finding f ON f.software = o.software AND NOT f.hidden
               LEFT JOIN main.finding_cleared z ON z.device = b.device AND z.software = o.software AND z.cve = f.cve
               WHERE o.software < y.software OR (f.cve IS NOT NULL AND z.cve IS NULL)) t
           ON t.device = i.device AND t.software = i.software
    WHERE coalesce(n.findings, 0) = coalesce(k.cleared, 0)
) v
JOIN main.device d ON d.id = v.device
JOIN main.identity y ON y.software = v.software
LEFT JOIN main.cve c ON c.id = v.cve
