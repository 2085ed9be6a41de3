-- The software versions of the fleet. No weight: several installations of one version on a device are one row of the table.
SELECT DISTINCT y.vendor AS "SoftwareVendor", y.product AS "SoftwareName", y.version AS "SoftwareVersion",
       y.support_status AS "EndOfSupportStatus", y.support_date AS "EndOfSupportDate", s.cpe AS "ProductCodeCpe"
FROM main.identity y
JOIN main.software s ON s.id = y.software
WHERE y.software IN (SELECT software FROM main.installation)
