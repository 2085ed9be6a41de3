-- The same rows, for queries that name devices: these are looked up before their installations are told apart.
SELECT DISTINCT d.id AS "DeviceId", d.name AS "DeviceName", d.os_platform AS "OSPlatform", d.os_version AS "OSVersion",
       d.os_architecture AS "OSArchitecture", y.vendor AS "SoftwareVendor", y.product AS "SoftwareName",
       y.version AS "SoftwareVersion", y.support_status AS "EndOfSupportStatus", y.support_date AS "EndOfSupportDate",
       s.cpe AS "ProductCodeCpe", d.last_seen AS "TimeGenerated"
FROM main.installation i
JOIN main.device d ON d.id = i.device
JOIN main.identity y ON y.software = i.software
JOIN main.software s ON s.id = i.software
