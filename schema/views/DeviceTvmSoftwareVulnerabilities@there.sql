-- Software version x CVE, where any device has it: for aggregates to which duplicates are the same and that ask nothing of devices. Only
-- of software of which something is cleared the devices are counted: those that have it, and those where it is cleared.
SELECT y.vendor AS "SoftwareVendor", y.product AS "SoftwareName", y.version AS "SoftwareVersion", f.cve AS "CveId",
       coalesce(c.severity, '') AS "VulnerabilitySeverityLevel"
FROM main.finding f
JOIN (SELECT DISTINCT software FROM main.installation) n ON n.software = f.software
JOIN main.identity y ON y.software = f.software
LEFT JOIN main.cve c ON c.id = f.cve
ANTI JOIN (SELECT k.software, k.cve
           FROM (SELECT x.software, x.cve, count(DISTINCT x.device) AS devices FROM main.finding_cleared x
                 SEMI JOIN main.installation i ON i.device = x.device AND i.software = x.software GROUP BY x.software, x.cve) k
           JOIN (SELECT software, count(DISTINCT device) AS devices FROM main.installation
                 WHERE software IN (SELECT software FROM main.finding_cleared) GROUP BY software) n ON n.software = k.software
           WHERE k.devices = n.devices) w ON w.software = f.software AND w.cve = f.cve
WHERE NOT f.hidden
