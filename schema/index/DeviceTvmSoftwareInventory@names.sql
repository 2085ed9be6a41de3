-- Names of products, whoever makes them, and how many devices have any of each.
SELECT product AS "SoftwareName", devices AS weight
FROM (SELECT product, fleet_devices_of_name(product) AS devices FROM (SELECT DISTINCT product FROM main.identity))
WHERE devices > 0
