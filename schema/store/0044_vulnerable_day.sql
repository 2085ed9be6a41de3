-- Migration 44. How many devices are how vulnerable, each under the worst that it has; a day's last publication stays (fleet/vulnerable.h).
CREATE TABLE vulnerable_day (
    day BIGINT NOT NULL, device_group VARCHAR NOT NULL, os_platform VARCHAR NOT NULL, os_release VARCHAR NOT NULL,
    severity BIGINT NOT NULL,         -- of the worst CVE: 1 Low to 4 Critical; 0: there is none
    known_exploited BOOLEAN NOT NULL, -- any of them (CISA KEV)
    exploit BIGINT NOT NULL,          -- 1: any of them has a known exploit, 0: none, -1: nothing is known of them
    age BIGINT NOT NULL,              -- days since the first of them was published, at least: 0, 31, 91, 181 or 366; -1: not known
    devices BIGINT NOT NULL
);
-- What the last publication would have written.
INSERT INTO vulnerable_day
SELECT p.day, d.device_group, d.os_platform, d.os_release, coalesce(w.severity, 0), coalesce(w.known_exploited, false), coalesce(w.exploit, -1),
       CASE WHEN w.published IS NULL THEN -1 WHEN p.day // 864000000000 - w.published // 864000000000 >= 366 THEN 366
            WHEN p.day // 864000000000 - w.published // 864000000000 >= 181 THEN 181 WHEN p.day // 864000000000 - w.published // 864000000000 >= 91 THEN 91
            WHEN p.day // 864000000000 - w.published // 864000000000 >= 31 THEN 31 ELSE 0 END AS age, count(*)
FROM (SELECT max(time) - max(time) % 864000000000 AS day FROM main.exposure_score HAVING count(*) > 0) p CROSS JOIN main.device d
LEFT JOIN (SELECT i.device, max(CASE c.severity WHEN 'Critical' THEN 4 WHEN 'High' THEN 3 WHEN 'Medium' THEN 2 ELSE 1 END) AS severity,
                  bool_or(coalesce(c.known_exploited, false)) AS known_exploited,
                  max(CASE WHEN c.state <> 'rejected' THEN (c.exploit_public OR c.known_exploited)::BIGINT ELSE -1 END) AS exploit,
                  min(c.published) FILTER (c.state <> 'rejected' AND c.published > 0) AS published
           FROM (SELECT DISTINCT device, software FROM main.installation) i
           JOIN main.identity y ON y.software = i.software JOIN main.finding f ON f.software = i.software AND NOT f.hidden
           ANTI JOIN main.finding_cleared x ON x.device = i.device AND x.software = i.software AND x.cve = f.cve
           LEFT JOIN main.cve c ON c.id = f.cve GROUP BY i.device) w ON w.device = d.id
GROUP BY ALL;
