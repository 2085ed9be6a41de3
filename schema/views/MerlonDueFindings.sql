-- One row for each device, product and CVE with a service target.
SELECT f.device AS "DeviceId", d.name AS "DeviceName", d.device_group AS "MachineGroup", f.cve AS "CveId", f.vendor AS "SoftwareVendor", f.product AS "SoftwareName",
       f.severity AS "VulnerabilitySeverityLevel", f.exploited AS "IsKnownExploited", f.fixable AS "IsFixable", f.opened AS "OpenSince", f.due AS "DueOn"
FROM main.due_finding f JOIN main.device d ON d.id = f.device
WHERE f.due < 9223372036854775807
