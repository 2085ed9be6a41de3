-- One row for each remediation activity.
SELECT t.id AS "ActivityId", t.title AS "Title", t.component AS "RelatedComponent", t.type AS "RemediationType", t.state AS "Status",
       t.target_devices AS "TargetDevices", t.fixed_devices AS "FixedDevices", t.away_devices AS "AwayDevices", nullif(t.due, 0) AS "DueOn",
       t.state = 'Active' AND t.due > 0 AND t.due < epoch_us(get_current_timestamp()) * 10 + 621355968000000000 AS "IsOverdue",
       t.priority AS "Priority", replace(t.device_groups, '""', '"Unassigned"') AS "DeviceGroups", t.owner AS "Owner", t.requester AS "CreatedBy",
       t.created AS "CreatedOn", t.changed AS "StatusChangedOn", t.completer AS "CompletedBy", t.method AS "CompletionMethod", t.ticket AS "Ticket",
       t.ticket_state AS "TicketStatus", t.notes AS "Notes", t.vendor AS "SoftwareVendor", t.product AS "SoftwareName", t.scid AS "ConfigurationId",
       t.recommendation AS "RecommendationId"
FROM main.remediation t
