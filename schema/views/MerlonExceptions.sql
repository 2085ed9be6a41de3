-- One row for each exception, in effect or not.
SELECT e.id AS "ExceptionId", e.title AS "Title", e.kind AS "SubjectType", e.subject AS "SubjectId", e.justification AS "Justification",
       e.scope AS "Scope", replace(e.device_groups, '""', '"Unassigned"') AS "DeviceGroups", e.query AS "Query",
       CASE WHEN e.state IN ('PendingApproval', 'InEffect', 'Suspended') AND e.ends <= epoch_us(get_current_timestamp()) * 10 + 621355968000000000 THEN 'Expired' ELSE e.state END AS "Status",
       e.devices AS "Devices", greatest(e.devices_then, 0) AS "DevicesWhenMade",
       e.kind = 'Vulnerability' OR e.justification IN ('ThirdPartyControl', 'AlternateMitigation') AS "TakesDevicesOut", e.ends AS "EndsOn",
       e.created_by AS "CreatedBy", e.created AS "CreatedOn", e.decided_by AS "DecidedBy", nullif(e.ended, 0) AS "EndedOn", e.ended_by AS "EndedBy",
       e.ended_reason AS "EndedReason", e.notes AS "Notes"
FROM main.exception e
