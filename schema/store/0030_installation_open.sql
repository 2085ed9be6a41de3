-- Migration 30. How many open findings each installation has: those of its version less what was cleared on the device.
CREATE VIEW installation_open AS
SELECT i.device, i.software, coalesce(f.found, 0) - coalesce(c.cleared, 0) AS findings
FROM main.installation i
LEFT JOIN (SELECT software, count(DISTINCT cve) AS found FROM main.finding WHERE NOT hidden GROUP BY software) f ON f.software = i.software
LEFT JOIN (SELECT x.device, x.software, count(DISTINCT x.cve) AS cleared
           FROM main.finding_cleared x JOIN main.finding f ON f.software = x.software AND f.cve = x.cve AND NOT f.hidden
           GROUP BY x.device, x.software) c ON c.device = i.device AND c.software = i.software;
CREATE OR REPLACE VIEW product_concern AS
SELECT DISTINCT i.device, y.vendor, y.product, y.version, y.support_status
FROM main.installation_open i
JOIN main.identity y ON y.software = i.software
JOIN main.device_exposure e ON e.device = i.device AND e.counted
WHERE y.support_status <> '' OR i.findings > 0;
