SELECT a.time AS "Timestamp", a.number AS "EventNumber", a.who AS "AccountName", a.address AS "IPAddress", a.action AS "ActionType",
       a.object AS "ObjectName", a.outcome AS "Outcome", a.detail AS "Detail"
FROM main.audit_event a
