-- Software version x CVE over the fleet, each row with the number of devices that it stands for.
SELECT y.vendor AS "SoftwareVendor", y.product AS "SoftwareName", y.version AS "SoftwareVersion", f.cve AS "CveId",
       coalesce(c.severity, '') AS "VulnerabilitySeverityLevel",
       CASE WHEN f.hotfix <> '' THEN f.hotfix WHEN f.fixed_version <> '' THEN y.product || ' ' || f.fixed_version ELSE '' END AS "RecommendedSecurityUpdate",
       f.hotfix AS "RecommendedSecurityUpdateId",
       CASE WHEN c.known_exploited THEN '["KnownExploited"]' WHEN c.id IS NULL OR f.state IN ('affected', 'will_not_fix', 'deferred') THEN '["NoSecurityUpdate"]' ELSE '[]' END AS "CveTags",
       '' AS "CveMitigationStatus",
       n.devices - coalesce(k.devices, 0) AS weight
FROM main.finding f
JOIN (SELECT software, count(*) AS devices FROM (SELECT DISTINCT software, device FROM main.installation) i GROUP BY software) n ON n.software = f.software
JOIN main.identity y ON y.software = f.software
LEFT JOIN main.cve c ON c.id = f.cve
LEFT JOIN (SELECT software, cve, count(DISTINCT device) AS devices
           FROM (SELECT x.software, x.cve, x.device
                 FROM main.finding_cleared x
                 WHERE EXISTS (SELECT 1 FROM main.installation i WHERE i.device = x.device AND i.software = x.software)
                 UNION ALL  -- what another software row of the same identity says already, as in the table
                 SELECT a.software, f.cve, a.device
                 FROM main.identity y
                 JOIN main.identity o ON o.vendor = y.vendor AND o.product = y.product AND o.version = y.version AND o.software < y.software
                 JOIN main.finding f ON f.software = o.software AND NOT f.hidden
                 JOIN main.installation a ON a.software = y.software
                 JOIN main.installation b ON b.software = o.software AND b.device = a.device
                 ANTI JOIN main.finding_cleared z ON z.device = b.device AND z.software = o.software AND z.cve = f.cve) l
           GROUP BY ALL) k ON k.software = f.software AND k.cve = f.cve
WHERE NOT f.hidden AND n.devices > coalesce(k.devices, 0)
