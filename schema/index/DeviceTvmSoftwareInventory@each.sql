-- Software versions and how many devices have each.
SELECT vendor AS "SoftwareVendor", product AS "SoftwareName", version AS "SoftwareVersion", devices AS weight
FROM (SELECT vendor, product, version, fleet_devices_of_version(vendor, product, version) AS devices
      FROM (SELECT DISTINCT vendor, product, version FROM main.identity))
WHERE devices > 0
