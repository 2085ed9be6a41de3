-- Migration 9. Service targets: how long a finding may stay open, and what became of findings (docs/service-targets.md).
CREATE TABLE service_target (
    name VARCHAR NOT NULL,          -- unique
    severity VARCHAR NOT NULL,      -- Critical High Medium Low; '' any
    exploited BOOLEAN NOT NULL,     -- only what is known to be exploited, from the day it became known
    device_value VARCHAR NOT NULL,  -- High Normal Low; '' any
    days BIGINT NOT NULL
);
-- To begin with: CISA's binding operational directives 19-02 (critical 15 days, high 30) and 22-01 (known exploited 14).
INSERT INTO service_target VALUES ('Known exploited', '', true, '', 14), ('Critical', 'Critical', false, '', 15),
    ('High', 'High', false, '', 30), ('Medium', 'Medium', false, '', 90), ('Low', 'Low', false, '', 180);

-- What was open when exposure was last published: closings show against it. `since`: since when the device has had versions of
-- the product that have findings; since when the CVE has been seen in the product.
CREATE TABLE tracked_installation (device VARCHAR NOT NULL, software BIGINT NOT NULL, since BIGINT NOT NULL);
CREATE TABLE tracked_finding (software BIGINT NOT NULL, vendor VARCHAR NOT NULL, product VARCHAR NOT NULL, cve VARCHAR NOT NULL, fixable BOOLEAN NOT NULL, since BIGINT NOT NULL);
CREATE TABLE tracked_cleared (device VARCHAR NOT NULL, software BIGINT NOT NULL, cve VARCHAR NOT NULL);
-- Findings that devices got rid of.
CREATE TABLE closed_finding (
    cve VARCHAR NOT NULL, vendor VARCHAR NOT NULL, product VARCHAR NOT NULL,
    severity VARCHAR NOT NULL, exploited BOOLEAN NOT NULL, device_value VARCHAR NOT NULL,  -- as they were then
    opened BIGINT NOT NULL, closed BIGINT NOT NULL, devices BIGINT NOT NULL
);
-- Open findings after exceptions, each CVE once for each device and product.
CREATE VIEW open_finding AS
SELECT t.device, s.vendor, s.product, s.cve, bool_or(s.fixable) AS fixable, min(greatest(t.since, s.since)) AS opened
FROM main.tracked_installation t
JOIN main.tracked_finding s ON s.software = t.software
JOIN main.device_exposure e ON e.device = t.device AND e.counted
WHERE NOT EXISTS (SELECT 1 FROM main.finding_cleared x WHERE x.device = t.device AND x.software = s.software AND x.cve = s.cve)
  AND NOT EXISTS (SELECT 1 FROM main.exempt g WHERE g.device = t.device AND g.subject = s.cve)
  AND NOT EXISTS (SELECT 1 FROM main.exempt g WHERE g.device = t.device AND g.subject = 'va-_-' || s.vendor || '-_-' || s.product)
GROUP BY ALL;
-- Days that the targets give a CVE on a device of some value; NULL: none speaks of it. The strictest counts.
CREATE VIEW cve_target AS
SELECT c.id AS cve, c.severity, c.known_exploited AS exploited, v.device_value,
       min(t.days) FILTER (WHERE NOT t.exploited) AS days, min(t.days) FILTER (WHERE t.exploited) AS exploited_days,
       coalesce((SELECT min(x.date) FROM main.exploit x WHERE x.cve = c.id AND x.source = 'kev' AND x.date > 0), 0) AS exploited_since
FROM main.cve c
CROSS JOIN (VALUES ('Low'), ('Normal'), ('High')) v(device_value)
JOIN main.service_target t ON (t.severity = '' OR t.severity = c.severity) AND (NOT t.exploited OR c.known_exploited)
                          AND (t.device_value = '' OR t.device_value = v.device_value)
WHERE c.id IN (SELECT cve FROM main.tracked_finding)
GROUP BY c.id, c.severity, c.known_exploited, v.device_value;
-- Open findings with the day by which they are to be closed.
CREATE VIEW due_finding AS
SELECT o.device, o.vendor, o.product, o.cve, o.fixable, o.opened, d.value AS device_value, t.severity, t.exploited,
       least(coalesce(o.opened + t.days * 864000000000, 9223372036854775807),
             coalesce(greatest(o.opened, t.exploited_since) + t.exploited_days * 864000000000, 9223372036854775807)) AS due
FROM main.open_finding o
JOIN main.device d ON d.id = o.device
JOIN main.cve_target t ON t.cve = o.cve AND t.device_value = d.value;
