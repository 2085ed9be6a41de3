-- Migration 43. What each device keeps to of each active profile; derived. A list of these devices counted five million results before.
CREATE TABLE baseline_machine (
    profile VARCHAR NOT NULL, device VARCHAR NOT NULL,
    settings BIGINT NOT NULL, failed BIGINT NOT NULL, exempt BIGINT NOT NULL  -- that apply; not met; not met under an exception
);
INSERT INTO baseline_machine
SELECT profile, device, count(*) FILTER (applicable) AS settings, count(*) FILTER (applicable AND NOT compliant AND NOT exempt), count(*) FILTER (applicable AND NOT compliant AND exempt)
FROM main.baseline_result GROUP BY profile, device HAVING settings > 0;
