-- One row for each event of the timeline.
SELECT e.time AS "Timestamp", e.id AS "EventId", e.type AS "EventType", e.sentence AS "Event", e.component AS "RelatedComponent",
       e.vendor AS "SoftwareVendor", e.product AS "SoftwareName", e.names AS "Subjects", e.severity_score AS "HighestCvssScore",
       replace(e.device_groups, '""', '"Unassigned"') AS "DeviceGroups", e.devices_then AS "OriginallyImpactedDevices",
       e.devices_now AS "CurrentlyImpactedDevices", e.total_now AS "TotalDevices"
FROM main.event e
