-- Where each software version was found on each device.
SELECT i.device AS "DeviceId", y.vendor AS "SoftwareVendor", y.product AS "SoftwareName", y.version AS "SoftwareVersion",
       '[]' AS "RegistryPaths",
       CAST(to_json(list(DISTINCT i.path ORDER BY i.path) FILTER (WHERE i.path <> '')) AS VARCHAR) AS "DiskPaths",
       max(d.software_seen) AS "LastSeenTime"
FROM main.installation i
JOIN main.device d ON d.id = i.device
JOIN main.identity y ON y.software = i.software
GROUP BY ALL
