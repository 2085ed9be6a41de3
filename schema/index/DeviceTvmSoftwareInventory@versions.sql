-- Software versions of the fleet, each row with the number of devices that it stands for. Where one version has several
-- software rows, which devices have which of them is counted in the database.
SELECT y.vendor AS "SoftwareVendor", y.product AS "SoftwareName", y.version AS "SoftwareVersion", y.support_status AS "EndOfSupportStatus",
       y.support_date AS "EndOfSupportDate", s.cpe AS "ProductCodeCpe", y.devices AS weight
FROM (SELECT *, fleet_devices_of_version(vendor, product, version) AS devices
      FROM main.identity QUALIFY count(*) OVER (PARTITION BY vendor, product, version) = 1) y
JOIN main.software s ON s.id = y.software
WHERE y.devices > 0
UNION ALL
SELECT vendor, product, version, support_status, support_date, cpe, count(*)
FROM (SELECT DISTINCT i.device, y.vendor, y.product, y.version, y.support_status, y.support_date, s.cpe
      FROM main.installation i
      JOIN (FROM main.identity QUALIFY count(*) OVER (PARTITION BY vendor, product, version) > 1) y ON y.software = i.software
      JOIN main.software s ON s.id = i.software)
GROUP BY ALL
