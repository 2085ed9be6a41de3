-- As the view DeviceTvmSoftwareVulnerabilities@software, with the devices of a version told by the fleet index.
SELECT y.vendor AS "SoftwareVendor", y.product AS "SoftwareName", y.version AS "SoftwareVersion", f.cve AS "CveId",
       coalesce(c.severity, '') AS "VulnerabilitySeverityLevel",
       CASE WHEN f.hotfix <> '' THEN f.hotfix WHEN f.fixed_version <> '' THEN y.product || ' ' || f.fixed_version ELSE '' END AS "RecommendedSecurityUpdate",
       f.hotfix AS "RecommendedSecurityUpdateId",
       '[' || concat_ws(',', CASE WHEN c.known_exploited THEN '"KnownExploited"' END, CASE WHEN f.state <> 'fixed' AND f.fixed_version = '' AND f.hotfix = ''
                        THEN CASE WHEN c.known_exploited THEN '"ZeroDay",' ELSE '' END || '"NoSecurityUpdate"' END) || ']' AS "CveTags",
       '' AS "CveMitigationStatus",
       n.devices - coalesce(k.devices, 0) AS weight
FROM main.finding f
JOIN (SELECT software, fleet_devices_of_version(vendor, product, version) AS devices
      FROM main.identity QUALIFY count(*) OVER (PARTITION BY vendor, product, version) = 1
      UNION ALL
      SELECT software, count(*) FROM (
          SELECT DISTINCT i.software, i.device FROM main.installation i
          JOIN (SELECT software FROM main.identity QUALIFY count(*) OVER (PARTITION BY vendor, product, version) > 1) y ON y.software = i.software)
      GROUP BY software) n ON n.software = f.software
JOIN main.identity y ON y.software = f.software
LEFT JOIN main.cve c ON c.id = f.cve
LEFT JOIN hunting."DeviceTvmSoftwareVulnerabilities@less" k ON k.software = f.software AND k.cve = f.cve
WHERE NOT f.hidden AND n.devices > coalesce(k.devices, 0)
