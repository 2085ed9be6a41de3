-- Software version x CVE, where any device has it: for aggregates to which duplicates are the same and that ask nothing of devices. A
-- finding is nowhere when each installation of its software is on a device where it is cleared; no devices are told apart for that.
SELECT y.vendor AS "SoftwareVendor", y.product AS "SoftwareName", y.version AS "SoftwareVersion", f.cve AS "CveId",
       coalesce(c.severity, '') AS "VulnerabilitySeverityLevel"
FROM main.finding f
JOIN (SELECT software, count(*) AS installations FROM main.installation GROUP BY software) n ON n.software = f.software
JOIN main.identity y ON y.software = f.software
LEFT JOIN main.cve c ON c.id = f.cve
LEFT JOIN (SELECT x.software, x.cve, count(*) AS installations
           FROM (SELECT DISTINCT device, software, cve FROM main.finding_cleared) x
           JOIN main.installation i ON i.device = x.device AND i.software = x.software
           GROUP BY x.software, x.cve) k ON k.software = f.software AND k.cve = f.cve
WHERE NOT f.hidden AND n.installations > coalesce(k.installations, 0)
