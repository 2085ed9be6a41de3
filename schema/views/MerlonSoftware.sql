-- One row for each product of the fleet.
SELECT p.vendor AS "SoftwareVendor", p.product AS "SoftwareName",
       coalesce(CAST(to_json(list_transform(s.platforms, lambda t: CASE t WHEN 'windows' THEN 'Windows' WHEN 'macos' THEN 'macOS' WHEN 'linux' THEN 'Linux' ELSE t END)) AS VARCHAR), '[]') AS "OSPlatforms",
       coalesce(r.tags, '[]') AS "Tags", coalesce(s.assessed, false) AS "IsProductCodeAvailable", coalesce(len(s.ecosystems), 0) > 0 AS "IsComponent",
       coalesce(CAST(to_json(s.ecosystems) AS VARCHAR), '[]') AS "Ecosystems", coalesce(s.lifecycle, false) AS "IsLifecycleKnown", p.weaknesses AS "Weaknesses", p.public_exploit AS "IsExploitAvailable",
       p.active_alert AS "HasActiveAlert", p.devices AS "InstalledDevices", p.exposed_devices AS "ExposedDevices",
       p.exposed_after AS "ExposedDevicesAfterExceptions", p.impact AS "ImpactScore", u.days AS "UsageDays"
FROM main.product_exposure p
LEFT JOIN (SELECT y.vendor, y.product, bool_or(y.assessed) AS assessed, bool_or(y.support_known) AS lifecycle, list_sort(list(DISTINCT s.platform) FILTER (s.platform <> '')) AS platforms,
                  list_sort(list(DISTINCT s.source) FILTER (s.source IN ('pypi', 'npm', 'maven', 'gem', 'nuget', 'golang', 'cargo', 'composer', 'hex', 'pub', 'cran', 'conan', 'swift'))) AS ecosystems
           FROM main.identity y JOIN main.software s ON s.id = y.software GROUP BY ALL) s ON s.vendor = p.vendor AND s.product = p.product
LEFT JOIN main.recommendation r ON r.kind = 'software' AND r.vendor = p.vendor AND r.product = p.product
LEFT JOIN main.product_usage u ON u.vendor = p.vendor AND u.product = p.product AND u.version IS NULL
