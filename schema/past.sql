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
