-- State tables as of a time in ticks, over the history of migration 15 (store/history.h).
CREATE MACRO past.installation(t) AS TABLE
    SELECT device, software, path, installed_at, first_seen FROM main.installation WHERE first_seen <= t
    UNION ALL SELECT device, software, path, installed_at, first_seen FROM main.installation_past WHERE first_seen <= t AND gone > t;
CREATE MACRO past.device(t) AS TABLE
    SELECT * EXCLUDE (valid_from, valid_to), valid_from AS last_seen, 0::BIGINT AS software_seen FROM main.device_history WHERE valid_from <= t AND valid_to > t;
CREATE MACRO past.identity(t) AS TABLE SELECT * EXCLUDE (valid_from, valid_to) FROM main.identity_history WHERE valid_from <= t AND valid_to > t;
CREATE MACRO past.finding(t) AS TABLE SELECT * EXCLUDE (valid_from, valid_to) FROM main.finding_history WHERE valid_from <= t AND valid_to > t;
CREATE MACRO past.finding_cleared(t) AS TABLE SELECT * EXCLUDE (valid_from, valid_to) FROM main.finding_cleared_history WHERE valid_from <= t AND valid_to > t;
CREATE MACRO past.cve(t) AS TABLE SELECT * EXCLUDE (valid_from, valid_to) FROM main.cve_history WHERE valid_from <= t AND valid_to > t;
CREATE MACRO past.configuration_result(t) AS TABLE
    SELECT * EXCLUDE (valid_from, valid_to), valid_from AS time FROM main.configuration_result_history WHERE valid_from <= t AND valid_to > t;
CREATE MACRO past.device_exposure(t) AS TABLE SELECT id AS device, counted, nullif(level, '') AS level FROM main.device_history WHERE valid_from <= t AND valid_to > t;
-- The day's last publication: of the day of t, or of the newest before it. What is null was not written down at that time.
CREATE MACRO past.recommendation(t) AS TABLE
    SELECT recommendation AS id, * EXCLUDE (recommendation, day), NULL::VARCHAR AS description FROM main.recommendation_day
    WHERE day = (SELECT max(day) FROM main.recommendation_day WHERE day <= t);
CREATE MACRO past.exception(t) AS TABLE
    SELECT * EXCLUDE (valid_from, valid_to), 0::BIGINT AS query_time, '' AS query_error, 0::BIGINT AS reminded
    FROM main.exception_history WHERE valid_from <= t AND valid_to > t;
CREATE MACRO past.remediation_device(t) AS TABLE
    SELECT * EXCLUDE (valid_from, valid_to) FROM main.remediation_device_history WHERE valid_from <= t AND valid_to > t;
CREATE MACRO past.remediation(t) AS TABLE
    SELECT r.* EXCLUDE (valid_from, valid_to), coalesce(n.target_devices, 0) AS target_devices, coalesce(n.fixed_devices, 0) AS fixed_devices,
           coalesce(n.away_devices, 0) AS away_devices
    FROM main.remediation_history r
    LEFT JOIN (SELECT remediation, count(*) AS target_devices, count(*) FILTER (state = 'Fixed') AS fixed_devices, count(*) FILTER (state = 'Away') AS away_devices
               FROM main.remediation_device_history WHERE valid_from <= t AND valid_to > t GROUP BY remediation) n ON n.remediation = r.id
    WHERE r.valid_from <= t AND r.valid_to > t;
-- What changed between two times f < t, told once: rows that hold at one of the two are compared, what holds at both is left
-- out as early as can be (a change of a day touches a hundredth of what there is). `kin` is one number for one product and
-- version, whatever software rows say it.
CREATE MACRO past.kin(f, t) AS TABLE
    SELECT software, dense_rank() OVER (ORDER BY vendor, product, version) AS kin, vendor, product, version,
           valid_from <= f AND valid_to > f AS before, valid_from <= t AND valid_to > t AS after
    FROM main.identity_history WHERE valid_from <= t AND valid_to > f;
CREATE MACRO past.installations_of_two(f, t) AS TABLE
    SELECT device, software, path, first_seen, first_seen <= f AS before, true AS after FROM main.installation WHERE first_seen <= t
    UNION ALL SELECT device, software, path, first_seen, first_seen <= f AND gone > f, first_seen <= t AND gone > t
    FROM main.installation_past WHERE first_seen <= t AND gone > f;
CREATE MACRO past.software_changes(f, t) AS TABLE
    WITH kin AS MATERIALIZED (FROM past.kin(f, t)),
    touched AS MATERIALIZED (
        SELECT device FROM past.installations_of_two(f, t)
        WHERE before <> after OR software IN (SELECT software FROM kin WHERE before <> after) GROUP BY device),
    pair AS (
        SELECT i.device, k.kin, bool_or(i.before AND k.before) AS before, bool_or(i.after AND k.after) AS after
        FROM past.installations_of_two(f, t) i JOIN kin k ON k.software = i.software
        WHERE i.device IN (SELECT device FROM touched) GROUP BY i.device, k.kin)
    SELECT CASE WHEN p.after THEN 'Added' ELSE 'Removed' END AS change, p.device, n.vendor, n.product, n.version
    FROM pair p JOIN (SELECT DISTINCT kin, vendor, product, version FROM kin) n ON n.kin = p.kin WHERE p.before <> p.after;
-- `n` is one number for one CVE of one product and version.
CREATE MACRO past.flaws(f, t) AS TABLE
    SELECT h.software, h.cve, h.hotfix, h.fixed_version, h.first_seen, k.vendor, k.product, k.version, dense_rank() OVER (ORDER BY k.kin, h.cve) AS n,
           k.before AND h.valid_from <= f AND h.valid_to > f AS before, k.after AND h.valid_from <= t AND h.valid_to > t AS after
    FROM main.finding_history h JOIN past.kin(f, t) k ON k.software = h.software WHERE NOT h.hidden AND h.valid_from <= t AND h.valid_to > f;
CREATE MACRO past.cleared(f, t) AS TABLE
    SELECT device, software, cve, bool_or(valid_from <= f AND valid_to > f) AS before, bool_or(valid_from <= t AND valid_to > t) AS after
    FROM main.finding_cleared_history WHERE valid_from <= t AND valid_to > f GROUP BY ALL;
CREATE MACRO past.vulnerability_changes(f, t) AS TABLE
    WITH flaw AS MATERIALIZED (FROM past.flaws(f, t)),
    cleared AS MATERIALIZED (FROM past.cleared(f, t)),
    moved AS MATERIALIZED (
        SELECT n FROM flaw GROUP BY n HAVING bool_or(before) <> bool_or(after)
        UNION SELECT w.n FROM flaw w JOIN cleared x ON x.software = w.software AND x.cve = w.cve WHERE x.before <> x.after),
    touched AS MATERIALIZED (SELECT device FROM past.installations_of_two(f, t) WHERE before <> after GROUP BY device),
    pair AS (
        SELECT i.device, w.n, bool_or(i.before AND w.before AND NOT coalesce(x.before, false)) AS before,
               bool_or(i.after AND w.after AND NOT coalesce(x.after, false)) AS after
        FROM past.installations_of_two(f, t) i JOIN flaw w ON w.software = i.software
        LEFT JOIN cleared x ON x.device = i.device AND x.software = i.software AND x.cve = w.cve
        WHERE i.device IN (SELECT device FROM touched) OR w.n IN (SELECT n FROM moved) GROUP BY i.device, w.n)
    SELECT CASE WHEN p.after THEN 'Added' ELSE 'Removed' END AS change, p.device, v.vendor, v.product, v.version, v.cve
    FROM pair p JOIN (SELECT DISTINCT n, vendor, product, version, cve FROM flaw) v ON v.n = p.n WHERE p.before <> p.after;
CREATE MACRO past.configuration_changes(f, t) AS TABLE
    SELECT coalesce(b.device, a.device) AS device, coalesce(b.scid, a.scid) AS scid,
           CASE WHEN b.device IS NULL THEN 'Unknown' WHEN NOT b.applicable THEN 'NotApplicable' WHEN b.compliant THEN 'Compliant' ELSE 'NotCompliant' END AS before,
           CASE WHEN a.device IS NULL THEN 'Unknown' WHEN NOT a.applicable THEN 'NotApplicable' WHEN a.compliant THEN 'Compliant' ELSE 'NotCompliant' END AS after
    FROM (FROM main.configuration_result_history WHERE valid_from <= f AND valid_to > f AND valid_to <= t) b
    FULL JOIN (FROM main.configuration_result_history WHERE valid_from > f AND valid_from <= t AND valid_to > t) a
    ON a.device = b.device AND a.scid = b.scid;
-- The same with all that a delta export tells of a vulnerability on a device, as it was and as it is: status New, Fixed or Updated.
CREATE MACRO past.vulnerability_updates(f, t) AS TABLE
    WITH rated AS MATERIALIZED (
        SELECT id, severity, cvss,
               CASE WHEN exploit_in_kit THEN 'ExploitIsInKit' WHEN exploit_verified OR known_exploited THEN 'ExploitIsVerified'
                    WHEN exploit_public THEN 'ExploitIsPublic' ELSE 'NoExploit' END AS level,
               valid_from <= f AND valid_to > f AS before, valid_from <= t AND valid_to > t AS after
        FROM main.cve_history WHERE valid_from <= t AND valid_to > f),
    flaw AS MATERIALIZED (FROM past.flaws(f, t)),
    cleared AS MATERIALIZED (FROM past.cleared(f, t)),
    moved AS MATERIALIZED (
        SELECT n FROM flaw WHERE before <> after OR cve IN (SELECT id FROM rated WHERE before <> after)
        UNION SELECT w.n FROM flaw w JOIN cleared x ON x.software = w.software AND x.cve = w.cve WHERE x.before <> x.after),
    touched AS MATERIALIZED (SELECT device FROM past.installations_of_two(f, t) WHERE before <> after GROUP BY device),
    piece AS (
        SELECT i.device, w.n, w.hotfix, w.fixed_version, i.path, greatest(w.first_seen, i.first_seen) AS first_seen,
               i.before AND w.before AND NOT coalesce(x.before, false) AS before, i.after AND w.after AND NOT coalesce(x.after, false) AS after
        FROM past.installations_of_two(f, t) i JOIN flaw w ON w.software = i.software
        LEFT JOIN cleared x ON x.device = i.device AND x.software = i.software AND x.cve = w.cve
        WHERE i.device IN (SELECT device FROM touched) OR w.n IN (SELECT n FROM moved)),
    pair AS (
        SELECT device, n, min(hotfix) FILTER (before) AS hotfix_before, min(hotfix) FILTER (after) AS hotfix_after,
               min(fixed_version) FILTER (before) AS fixed_before, min(fixed_version) FILTER (after) AS fixed_after,
               coalesce(min(first_seen) FILTER (before), min(first_seen) FILTER (after)) AS first_seen,
               coalesce(list(DISTINCT path ORDER BY path) FILTER (before AND path <> ''), []) AS paths_before,
               coalesce(list(DISTINCT path ORDER BY path) FILTER (after AND path <> ''), []) AS paths_after,
               bool_or(before) AS before, bool_or(after) AS after
        FROM piece WHERE before OR after GROUP BY device, n)
    SELECT p.device, v.vendor, v.product, v.version, v.cve, CASE WHEN NOT p.before THEN 'New' WHEN NOT p.after THEN 'Fixed' ELSE 'Updated' END AS status,
           p.first_seen, coalesce(p.hotfix_after, p.hotfix_before) AS hotfix, coalesce(p.fixed_after, p.fixed_before) AS fixed_version,
           to_json(CASE WHEN p.after THEN p.paths_after ELSE p.paths_before END)::VARCHAR AS paths,
           coalesce(a.severity, b.severity, '') AS severity, coalesce(a.cvss, b.cvss) AS cvss, CASE WHEN p.after THEN coalesce(a.level, 'NoExploit') ELSE coalesce(b.level, 'NoExploit') END AS level
    FROM pair p JOIN (SELECT DISTINCT n, vendor, product, version, cve FROM flaw) v ON v.n = p.n
    LEFT JOIN rated b ON b.id = v.cve AND b.before AND p.before LEFT JOIN rated a ON a.id = v.cve AND a.after AND p.after
    WHERE p.before <> p.after OR p.hotfix_before <> p.hotfix_after OR p.fixed_before <> p.fixed_after OR p.paths_before <> p.paths_after
       OR a.severity IS DISTINCT FROM b.severity OR a.cvss IS DISTINCT FROM b.cvss OR a.level IS DISTINCT FROM b.level;
