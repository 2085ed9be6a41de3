-- One row for each known CVE, in the fleet or not.
SELECT c.id AS "CveId", CASE WHEN c.title = '' THEN c.id ELSE c.title END AS "Title", CASE WHEN c.severity = '' THEN 'None' ELSE c.severity END AS "VulnerabilitySeverityLevel",
       c.cvss AS "CvssScore", c.epss AS "EpssScore", nullif(c.published, 0) AS "PublishedDate", nullif(c.modified, 0) AS "LastModifiedTime", x.first_seen AS "FirstDetectedTime",
       c.known_exploited AS "IsKnownExploited", c.exploit_public AS "IsExploitAvailable", c.exploit_verified AS "IsExploitVerified", c.exploit_in_kit AS "IsExploitInKit",
       c.id IN (SELECT o.cve FROM main.exploit o WHERE o.kind = 'ransomware') AS "IsUsedByRansomware",
       c.id IN (SELECT f.cve FROM main.finding f JOIN main.installation i ON i.software = f.software
                WHERE NOT f.hidden AND i.device IN (SELECT a.device FROM main.alert a WHERE a.status <> 'Resolved')) AS "HasActiveAlert",
       '[' || concat_ws(',', CASE WHEN c.known_exploited THEN '"KnownExploited"' END, CASE WHEN c.known_exploited AND NOT w.all_fixed THEN '"ZeroDay"' END,
                        CASE WHEN NOT w.any_fix THEN '"NoSecurityUpdate"' WHEN NOT w.all_fixed THEN '"SomeUpdatesAvailable"' END) || ']' AS "Tags",
       coalesce(CAST(to_json(list_sort(w.products)) AS VARCHAR), '[]') AS "RelatedSoftware",
       coalesce(CAST(to_json(list_sort(list_transform(w.platforms, lambda t: CASE t WHEN 'windows' THEN 'Windows' WHEN 'macos' THEN 'macOS' WHEN 'linux' THEN 'Linux' ELSE t END))) AS VARCHAR), '[]') AS "OSPlatforms",
       CASE WHEN coalesce(x.devices_before, 0) = 0 THEN 'NoActionRequired' WHEN x.devices = 0 THEN 'UnderException' WHEN x.devices < x.devices_before THEN 'PartialException' ELSE 'RemediationRequired' END AS "ExceptionState",
       coalesce(x.devices, 0) AS "ExposedDevices", coalesce(x.devices_before, 0) AS "ExposedDevicesBeforeExceptions"
FROM main.cve c
LEFT JOIN main.cve_exposure x ON x.cve = c.id
LEFT JOIN (SELECT f.cve, bool_or(f.state = 'fixed' OR f.fixed_version <> '' OR f.hotfix <> '') AS any_fix,
                  bool_and(f.state = 'fixed' OR f.fixed_version <> '' OR f.hotfix <> '') AS all_fixed,
                  list(DISTINCT y.vendor || '-_-' || y.product) FILTER (y.software IS NOT NULL) AS products,
                  list(DISTINCT s.platform) FILTER (s.platform <> '') AS platforms
           FROM main.finding f LEFT JOIN main.identity y ON y.software = f.software LEFT JOIN main.software s ON s.id = f.software
           WHERE NOT f.hidden AND f.software IN (SELECT software FROM main.installed_software) GROUP BY f.cve) w ON w.cve = c.id
WHERE c.state <> 'rejected'
