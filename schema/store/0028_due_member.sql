-- Migration 28. The day by which each version of a product on a device is to be rid of a CVE; a finding that is due joins the
-- versions of its product on the device, and its day is the earliest of theirs. What is late can so be sifted out before
-- the rows of all findings are put together.
CREATE VIEW due_member AS
SELECT t.device, s.vendor, s.product, s.cve, s.fixable, greatest(t.since, s.since) AS opened, d.value AS device_value, g.severity, g.exploited,
       least(coalesce(greatest(t.since, s.since) + g.days * 864000000000, 9223372036854775807),
             coalesce(greatest(t.since, s.since, g.exploited_since) + g.exploited_days * 864000000000, 9223372036854775807)) AS due
FROM main.tracked_installation t
JOIN main.tracked_finding s ON s.software = t.software
JOIN main.device_exposure e ON e.device = t.device AND e.counted
JOIN main.device d ON d.id = t.device
JOIN main.cve_target g ON g.cve = s.cve AND g.device_value = d.value
WHERE NOT EXISTS (SELECT 1 FROM main.finding_cleared x WHERE x.device = t.device AND x.software = s.software AND x.cve = s.cve)
  AND NOT EXISTS (SELECT 1 FROM main.exempt x WHERE x.device = t.device AND x.subject = s.cve)
  AND NOT EXISTS (SELECT 1 FROM main.exempt x WHERE x.device = t.device AND x.subject = 'va-_-' || s.vendor || '-_-' || s.product);
CREATE OR REPLACE VIEW due_finding AS
SELECT device, vendor, product, cve, bool_or(fixable) AS fixable, min(opened) AS opened, device_value, severity, exploited, min(due) AS due
FROM main.due_member GROUP BY device, vendor, product, cve, device_value, severity, exploited;
