-- Migration 39. What is late now, by CVE and product. Which versions' findings may be late at all is found first, on their few
-- rows, and devices and products have numbers while they are grouped: two million late findings take two thirds of the time, and
-- where nothing is late hardly anything is looked at. A device counts where a finding that a fix exists for keeps the others company.
CREATE VIEW late AS
WITH kind AS MATERIALIZED (
    SELECT * FROM (
        SELECT s.software, s.vendor, s.product, s.cve, s.fixable, s.since, g.device_value, g.severity, g.exploited, g.exploited_since,
               g.days * 864000000000 AS days, g.exploited_days * 864000000000 AS exploited_days,
               epoch_us(get_current_timestamp()) * 10 + 621355968000000000 AS now,
               dense_rank() OVER (ORDER BY s.vendor, s.product, s.cve) AS n
        FROM main.tracked_finding s JOIN main.cve_target g ON g.cve = s.cve)
    WHERE since + days < now OR greatest(since, exploited_since) + exploited_days < now),
named AS MATERIALIZED (
    SELECT n, any_value(vendor) AS vendor, any_value(product) AS product, any_value(cve) AS cve, any_value(severity) AS severity,
           bool_or(exploited) AS exploited FROM kind GROUP BY n),
counted AS MATERIALIZED (
    SELECT d.id, d.value, row_number() OVER () AS device FROM main.device d JOIN main.device_exposure e ON e.device = d.id AND e.counted),
each AS MATERIALIZED (
    SELECT c.device, k.n, any_value(c.id) AS id, bool_or(k.fixable) AS fixable, min(greatest(t.since, k.since)) AS opened,
           min(least(coalesce(greatest(t.since, k.since) + k.days, 9223372036854775807),
                     coalesce(greatest(t.since, k.since, k.exploited_since) + k.exploited_days, 9223372036854775807))) AS due
    FROM kind k
    JOIN main.tracked_installation t ON t.software = k.software
    JOIN counted c ON c.id = t.device AND c.value = k.device_value
    WHERE (greatest(t.since, k.since) + k.days < k.now OR greatest(t.since, k.since, k.exploited_since) + k.exploited_days < k.now)
      AND NOT EXISTS (SELECT 1 FROM main.finding_cleared x WHERE x.device = t.device AND x.software = k.software AND x.cve = k.cve)
      AND NOT EXISTS (SELECT 1 FROM main.exempt x WHERE x.device = t.device AND x.subject = k.cve)
      AND NOT EXISTS (SELECT 1 FROM main.exempt x WHERE x.device = t.device AND x.subject = 'va-_-' || k.vendor || '-_-' || k.product)
    GROUP BY c.device, k.n),
summed AS (
    SELECT n, min(opened) AS opened, min(due) AS due, count(*) AS devices
    FROM (SELECT n, opened, due FROM each WHERE fixable
          UNION ALL
          SELECT l.n, l.opened, l.due FROM each l JOIN named k ON k.n = l.n
          WHERE NOT l.fixable AND EXISTS (
              SELECT 1 FROM main.tracked_installation t JOIN main.tracked_finding s ON s.software = t.software
              WHERE t.device = l.id AND s.vendor = k.vendor AND s.product = k.product AND s.cve = k.cve AND s.fixable))
    GROUP BY n)
SELECT k.vendor, k.product, k.cve, k.severity, k.exploited, s.opened, s.due, s.devices FROM summed s JOIN named k ON k.n = s.n;
