-- Migration 26. The same rows with less work: an installation is of concern when its version has more open findings than were
-- cleared on the device. Findings are counted by version, not looked for on each installation.
CREATE OR REPLACE VIEW product_concern AS
SELECT DISTINCT i.device, y.vendor, y.product, y.version, y.support_status
FROM main.installation i
JOIN main.identity y ON y.software = i.software
JOIN main.device_exposure e ON e.device = i.device AND e.counted
LEFT JOIN (SELECT software, count(DISTINCT cve) AS found FROM main.finding WHERE NOT hidden GROUP BY software) f ON f.software = i.software
LEFT JOIN (SELECT x.device, x.software, count(DISTINCT x.cve) AS cleared
           FROM main.finding_cleared x JOIN main.finding f ON f.software = x.software AND f.cve = x.cve AND NOT f.hidden
           GROUP BY x.device, x.software) c ON c.device = i.device AND c.software = i.software
WHERE y.support_status <> '' OR f.found > coalesce(c.cleared, 0);
