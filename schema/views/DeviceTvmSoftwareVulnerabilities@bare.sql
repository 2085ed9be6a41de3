-- Device, software and CVE alone, a row for each installation: for aggregates to which duplicates are the same. Every installation
-- has a device. The engine can put what it joins with before the installations here: nothing is joined from the left.
SELECT i.device AS "DeviceId", y.vendor AS "SoftwareVendor", y.product AS "SoftwareName", y.version AS "SoftwareVersion",
       f.cve AS "CveId", f.hotfix AS "RecommendedSecurityUpdateId"
FROM main.installation i
JOIN main.finding f ON f.software = i.software AND NOT f.hidden
JOIN main.identity y ON y.software = i.software
ANTI JOIN main.finding_cleared x ON x.device = i.device AND x.software = i.software AND x.cve = f.cve
