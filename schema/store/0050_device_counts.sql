-- Migration 50. CVEs on each device and recommendations about it, before and after exceptions, written with its exposure
-- (fleet/device_counts.h). The list of devices counted them anew for each order and filter: 1.4 to 2.6 s of processor time at 100,000.
-- Here they are counted plainly; a test compares what publications write with this.
ALTER TABLE device_exposure ADD COLUMN cves BIGINT DEFAULT 0;
ALTER TABLE device_exposure ADD COLUMN cves_after BIGINT DEFAULT 0;
ALTER TABLE device_exposure ADD COLUMN recommendations BIGINT DEFAULT 0;
ALTER TABLE device_exposure ADD COLUMN recommendations_after BIGINT DEFAULT 0;
UPDATE device_exposure SET cves = n.cves, cves_after = n.cves
FROM (SELECT i.device, count(DISTINCT f.cve) AS cves FROM installation i JOIN finding f ON f.software = i.software AND NOT f.hidden
      WHERE NOT EXISTS (SELECT 1 FROM finding_cleared x WHERE x.device = i.device AND x.software = f.software AND x.cve = f.cve)
      GROUP BY i.device) n
WHERE n.device = device_exposure.device;
UPDATE device_exposure SET recommendations = n.advice, recommendations_after = n.advice
FROM (SELECT device, count(*) AS advice
      FROM (SELECT DISTINCT device, vendor, product FROM product_concern UNION ALL SELECT device, '', scid::VARCHAR FROM configuration_concern)
      GROUP BY device) n
WHERE n.device = device_exposure.device;
-- Where an exception takes something out, which is on devices that count only.
CREATE TEMP TABLE open_there AS
SELECT i.device, y.vendor, y.product, f.cve,
       EXISTS (SELECT 1 FROM exempt g WHERE g.device = i.device AND (g.subject = f.cve OR g.subject = 'va-_-' || y.vendor || '-_-' || y.product)) AS exempt
FROM installation i JOIN finding f ON f.software = i.software AND NOT f.hidden JOIN identity y ON y.software = i.software
WHERE i.device IN (SELECT device FROM exempt)
  AND NOT EXISTS (SELECT 1 FROM finding_cleared x WHERE x.device = i.device AND x.software = f.software AND x.cve = f.cve);
UPDATE device_exposure SET cves_after = n.cves
FROM (SELECT device, count(DISTINCT cve) FILTER (NOT exempt) AS cves FROM open_there GROUP BY device) n
WHERE n.device = device_exposure.device;
INSERT INTO open_there
SELECT i.device, y.vendor, y.product, '', EXISTS (SELECT 1 FROM exempt g WHERE g.device = i.device AND g.subject = 'va-_-' || y.vendor || '-_-' || y.product)
FROM installation i JOIN identity y ON y.software = i.software WHERE y.support_status <> '' AND i.device IN (SELECT device FROM exempt);
INSERT INTO open_there
SELECT g.device, '', g.scid::VARCHAR, '', EXISTS (SELECT 1 FROM exempt x WHERE x.device = g.device AND x.subject = 'sca-_-scid-' || g.scid)
FROM configuration_concern g WHERE g.device IN (SELECT device FROM exempt);
UPDATE device_exposure SET recommendations_after = n.advice
FROM (SELECT device, count(DISTINCT (vendor, product)) FILTER (NOT exempt) AS advice FROM open_there GROUP BY device) n
WHERE n.device = device_exposure.device;
DROP TABLE open_there;
