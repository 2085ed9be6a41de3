-- Device x software version. Several installations of one version on a device are one row; they are told apart before what is known
-- of the device is added, which makes the texts that are compared fewer.
SELECT d.id AS "DeviceId", d.name AS "DeviceName", d.os_platform AS "OSPlatform", d.os_version AS "OSVersion",
       d.os_architecture AS "OSArchitecture", g.vendor AS "SoftwareVendor", g.product AS "SoftwareName",
       g.version AS "SoftwareVersion", g.support_status AS "EndOfSupportStatus", g.support_date AS "EndOfSupportDate",
       g.cpe AS "ProductCodeCpe", d.last_seen AS "TimeGenerated"
FROM (SELECT DISTINCT i.device, y.vendor, y.product, y.version, y.support_status, y.support_date, s.cpe
      FROM main.installation i
      JOIN main.identity y ON y.software = i.software
      JOIN main.software s ON s.id = i.software) g
JOIN main.device d ON d.id = g.device
