-- Device and software alone, a row for each installation: for aggregates to which duplicates are the same. Every installation has
-- a device.
SELECT i.device AS "DeviceId", y.vendor AS "SoftwareVendor", y.product AS "SoftwareName", y.version AS "SoftwareVersion",
       y.support_status AS "EndOfSupportStatus", y.support_date AS "EndOfSupportDate"
FROM main.installation i
JOIN main.identity y ON y.software = i.software
