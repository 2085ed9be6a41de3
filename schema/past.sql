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
CREATE MACRO past.device_exposure(t) AS TABLE SELECT id AS device, counted FROM main.device_history WHERE valid_from <= t AND valid_to > t;
-- The day's last publication: of the day of t, or of the newest before it. What is null was not written down at that time.
CREATE MACRO past.recommendation(t) AS TABLE
    SELECT recommendation AS id, * EXCLUDE (recommendation, day), NULL::VARCHAR AS description FROM main.recommendation_day
    WHERE day = (SELECT max(day) FROM main.recommendation_day WHERE day <= t);
-- What changed between two times f < t, told once: rows that hold at one of the two are compared, what holds at both is left
-- out as early as can be (a change of a day touches a hundredth of what there is). `kin` is one number for one product and
-- version, whatever software rows say it.
CREATE MACRO past.kin(f, t) AS TABLE
    SELECT software, dense_rank() OVER (ORDER BY vendor, product, version) AS kin, vendor, product, version,
           valid_from <= f AND valid_to > f AS before, valid_from <= t AND valid_to > t AS after
    FROM main.identity_history WHERE valid_from <= t AND valid_to > f;
CREATE MACRO past.installations_of_two(f, t) AS TABLE
    SELECT device, software, first_seen <= f AS before, true AS after FROM main.installation WHERE first_seen <= t
    UNION ALL SELECT device, software, first_seen <= f AND gone > f, first_seen <= t AND gone > t FROM main.installation_past WHERE first_seen <= t AND gone > f;
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
CREATE MACRO past.vulnerability_changes(f, t) AS TABLE
    WITH kin AS MATERIALIZED (FROM past.kin(f, t)),
    flaw AS MATERIALIZED (
        SELECT h.software, h.cve, k.vendor, k.product, k.version, dense_rank() OVER (ORDER BY k.kin, h.cve) AS n,
               k.before AND h.valid_from <= f AND h.valid_to > f AS before, k.after AND h.valid_from <= t AND h.valid_to > t AS after
        FROM main.finding_history h JOIN kin k ON k.software = h.software WHERE NOT h.hidden AND h.valid_from <= t AND h.valid_to > f),
    cleared AS MATERIALIZED (
        SELECT device, software, cve, bool_or(valid_from <= f AND valid_to > f) AS before, bool_or(valid_from <= t AND valid_to > t) AS after
        FROM main.finding_cleared_history WHERE valid_from <= t AND valid_to > f GROUP BY ALL),
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
    FROM (FROM main.configuration_result_history WHERE valid_from <= f AND valid_to > f AND NOT (valid_from <= t AND valid_to > t)) b
    FULL JOIN (FROM main.configuration_result_history WHERE valid_from <= t AND valid_to > t AND NOT (valid_from <= f AND valid_to > f)) a
    ON a.device = b.device AND a.scid = b.scid;
