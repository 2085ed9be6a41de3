-- Where each device is to bring each product, and why: the newest of what fixes its findings and of the line that follows its own
-- (decision in match/next_line.h). Joined by what asks for it; $only says which installations are wanted, $cleared whose corrections count.
(WITH here AS (
    SELECT i.device, i.software, y.scheme, 'va-_-' || y.vendor || '-_-' || y.product AS subject
    FROM main.installation i JOIN main.identity y ON y.software = i.software WHERE $only),
open AS (
    SELECT DISTINCT h.device, h.subject, h.scheme, f.cve, f.fixed_version, f.hotfix
    FROM here h JOIN main.finding f ON f.software = h.software AND NOT f.hidden
    LEFT JOIN main.finding_cleared x ON $cleared AND x.device = h.device AND x.software = f.software AND x.cve = f.cve WHERE x.cve IS NULL),
fix AS (
    SELECT device, subject, max(scheme) AS scheme, merlon_newest(max(scheme), string_agg(DISTINCT fixed_version, chr(10))) AS version,
        max_by(nullif(hotfix, ''), try_cast(regexp_extract(hotfix, '[0-9]+') AS BIGINT)) AS hotfix
    FROM open GROUP BY device, subject),
line AS (
    SELECT h.device, h.subject, max(h.scheme) AS scheme, merlon_newest(max(h.scheme), string_agg(DISTINCT n.version, chr(10))) AS version
    FROM here h JOIN main.next_line n ON n.software = h.software GROUP BY h.device, h.subject),
goal AS (
    SELECT device, subject,
        CASE WHEN a.type = 'Update' THEN coalesce(nullif(fix.version, ''), fix.hotfix, line.version)
            WHEN line.version IS NULL THEN coalesce(nullif(fix.version, ''), fix.hotfix)
            ELSE merlon_newest(coalesce(line.scheme, fix.scheme), line.version || chr(10) || coalesce(fix.version, '')) END AS version
    FROM fix FULL JOIN line USING (device, subject) JOIN main.recommendation a ON a.id = subject WHERE a.type IN ('Update', 'Upgrade'))
SELECT g.device, g.subject, g.version,
    coalesce((SELECT 'Fixes ' || max(o.cve) || CASE WHEN count(DISTINCT o.cve) > 1 THEN ' and ' || (count(DISTINCT o.cve) - 1) || ' more' ELSE '' END
              FROM open o WHERE o.device = g.device AND o.subject = g.subject AND g.version IN (o.fixed_version, o.hotfix) HAVING count(*) > 0),
             (SELECT max(n.reason) FROM here h JOIN main.next_line n ON n.software = h.software
              WHERE h.device = g.device AND h.subject = g.subject AND n.version = g.version)) AS reason
FROM goal g WHERE g.version <> '')
