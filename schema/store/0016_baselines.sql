-- Migration 16. Security baselines: benchmarks (rules/baselines), profiles of them, and which devices keep to them;
-- docs/baselines.md. And which devices are under an exception.
-- The benchmarks as this program carries them.
CREATE TABLE baseline_benchmark (
    id VARCHAR NOT NULL, name VARCHAR NOT NULL, version VARCHAR NOT NULL, os VARCHAR NOT NULL, description VARCHAR NOT NULL
);
CREATE TABLE baseline_setting (
    benchmark VARCHAR NOT NULL, number VARCHAR NOT NULL,        -- "linux-1.2"; unique
    section VARCHAR NOT NULL, level BIGINT NOT NULL, scid BIGINT NOT NULL,
    recommended VARCHAR NOT NULL, source VARCHAR NOT NULL       -- JSON arrays: what passes in words, the settings read
);
CREATE TABLE baseline_profile (
    id VARCHAR NOT NULL,                -- unique; no index, rows are few
    name VARCHAR NOT NULL, description VARCHAR NOT NULL,
    benchmark VARCHAR NOT NULL, level BIGINT NOT NULL,
    settings VARCHAR NOT NULL,          -- JSON array of numbers; empty: all of the level
    device_groups VARCHAR NOT NULL,     -- JSON array, "" is no group; empty: all
    tags VARCHAR NOT NULL,              -- JSON array, a device has one of them; empty: all
    active BOOLEAN NOT NULL, built_in BOOLEAN NOT NULL,
    created BIGINT NOT NULL, created_by VARCHAR NOT NULL, changed BIGINT NOT NULL, changed_by VARCHAR NOT NULL  -- 0: with the program
);
CREATE VIEW baseline_profile_setting AS
SELECT p.id AS profile, s.* FROM main.baseline_profile p JOIN main.baseline_setting s ON s.benchmark = p.benchmark AND s.level <= p.level
    AND (p.settings = '[]' OR list_contains(from_json(p.settings, '["VARCHAR"]'), s.number));
-- Each setting of each active profile on each device that counts and reports it; `exempt`: under an exception.
CREATE VIEW baseline_result AS
SELECT s.profile, s.benchmark, s.number, s.section, s.scid, s.recommended, s.source, r.device, r.applicable, r.compliant, r.context, r.time,
       x.device IS NOT NULL AS exempt
FROM main.baseline_profile_setting s JOIN main.baseline_profile p ON p.id = s.profile AND p.active
JOIN main.configuration_result r ON r.scid = s.scid
JOIN main.device_exposure e ON e.device = r.device AND e.counted
JOIN main.device d ON d.id = r.device
    AND (p.device_groups = '[]' OR list_contains(from_json(p.device_groups, '["VARCHAR"]'), d.device_group))
    AND (p.tags = '[]' OR list_has_any(from_json(p.tags, '["VARCHAR"]'), from_json(d.tags, '["VARCHAR"]')))
LEFT JOIN main.exempt x ON x.subject = 'sca-_-scid-' || s.scid AND x.device = r.device;
-- Counts of devices, made anew with the exposure; failing: before exceptions, failing_after: after them.
CREATE TABLE baseline_count (
    profile VARCHAR NOT NULL, scid BIGINT NOT NULL,
    devices BIGINT NOT NULL, failing BIGINT NOT NULL, failing_after BIGINT NOT NULL
);
-- The same of whole profiles; history. Devices pass that meet every setting which applies to them.
CREATE TABLE baseline_score (
    time BIGINT NOT NULL, profile VARCHAR NOT NULL,
    devices BIGINT NOT NULL, passed BIGINT NOT NULL, passed_before BIGINT NOT NULL,
    results BIGINT NOT NULL, kept BIGINT NOT NULL               -- device x setting: that apply, that are met after exceptions
);

-- Devices that an exception in effect speaks of, of whatever justification (the table exempt: those that leave counts).
CREATE VIEW excepted AS
SELECT e.subject, e.id AS exception, e.justification, d.id AS device
FROM main.exception e JOIN main.device d ON e.scope = 'Global'
    OR (e.scope = 'DeviceGroups' AND list_contains(from_json(e.device_groups, '["VARCHAR"]'), d.device_group))
    OR (e.scope = 'Query' AND EXISTS (SELECT 1 FROM main.exception_device q WHERE q.exception = e.id AND q.device = d.id))
WHERE e.state = 'InEffect';
-- The devices that each recommendation is about; exempt: nothing of it is left there after exceptions.
CREATE VIEW recommendation_device AS
SELECT 'va-_-' || p.vendor || '-_-' || p.product AS recommendation, p.device, bool_and(p.exempt) AS exempt
FROM (SELECT i.device, y.vendor, y.product, EXISTS (SELECT 1 FROM main.exempt g WHERE g.device = i.device
                 AND (g.subject = f.cve OR g.subject = 'va-_-' || y.vendor || '-_-' || y.product)) AS exempt
      FROM main.installation i JOIN main.finding f ON f.software = i.software AND NOT f.hidden JOIN main.identity y ON y.software = i.software
      WHERE NOT EXISTS (SELECT 1 FROM main.finding_cleared x WHERE x.device = i.device AND x.software = f.software AND x.cve = f.cve)
      UNION ALL
      SELECT i.device, y.vendor, y.product, EXISTS (SELECT 1 FROM main.exempt g WHERE g.device = i.device
                 AND g.subject = 'va-_-' || y.vendor || '-_-' || y.product)
      FROM main.installation i JOIN main.identity y ON y.software = i.software WHERE y.support_status <> '') p
JOIN main.device_exposure e ON e.device = p.device AND e.counted
GROUP BY p.device, p.vendor, p.product
UNION ALL
SELECT 'sca-_-scid-' || g.scid, g.device, x.device IS NOT NULL
FROM main.configuration_concern g LEFT JOIN main.exempt x ON x.subject = 'sca-_-scid-' || g.scid AND x.device = g.device;
