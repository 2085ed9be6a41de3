-- Products and how many devices have any version of each.
SELECT vendor AS "SoftwareVendor", product AS "SoftwareName", devices AS weight
FROM (SELECT vendor, product, fleet_devices_of_product(vendor, product) AS devices FROM (SELECT DISTINCT vendor, product FROM main.identity))
WHERE devices > 0
