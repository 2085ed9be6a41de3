-- Device, CVE and how severe it is, a row for each installation: for aggregates to which duplicates are the same. Findings are rated
-- before installations are joined, which the engine may then do last.
SELECT i.device AS "DeviceId", f.cve AS "CveId", f.severity AS "VulnerabilitySeverityLevel"
FROM main.installation i
JOIN (SELECT f.software, f.cve, coalesce(c.severity, '') AS severity FROM main.finding f LEFT JOIN main.cve c ON c.id = f.cve WHERE NOT f.hidden) f
     ON f.software = i.software
ANTI JOIN main.finding_cleared x ON x.device = i.device AND x.software = i.software AND x.cve = f.cve
