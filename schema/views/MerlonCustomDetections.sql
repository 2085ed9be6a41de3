-- One row for each custom detection with its last run.
SELECT c.id AS "DetectionId", c.name AS "Name", c.severity AS "Severity", c.category AS "Category", c.enabled AS "IsEnabled",
       c.frequency_minutes AS "FrequencyMinutes", c.lookback_minutes AS "LookbackMinutes", c.techniques AS "AttackTechniques", c.query AS "Query",
       r.time AS "LastRun", r.rows AS "LastRows", r.alerts AS "LastAlerts", coalesce(r.error, '') AS "LastError", coalesce(o.open, 0) AS "OpenAlerts",
       c.changed_by AS "ChangedBy", c.changed_at AS "ChangedOn"
FROM main.custom_detection c
LEFT JOIN (SELECT detection, max(time) AS time, arg_max(rows, time) AS rows, arg_max(alerts, time) AS alerts, arg_max(error, time) AS error
           FROM main.custom_detection_run GROUP BY detection) r ON r.detection = c.id
LEFT JOIN (SELECT m.detector, count(*) AS open FROM main.alert a JOIN main.alert_detail m ON m.alert = a.id
           WHERE a.status <> 'Resolved' GROUP BY m.detector) o ON o.detector = c.id
