-- Migration 5. Configuration checks (rules/configuration) and what they say of each device; docs/secure-score.md.
-- The checks as this program carries them, so that hunting can read them.
CREATE TABLE configuration_check (
    scid BIGINT NOT NULL, name VARCHAR NOT NULL, description VARCHAR NOT NULL, risk VARCHAR NOT NULL, remediation VARCHAR NOT NULL,
    category VARCHAR NOT NULL, subcategory VARCHAR NOT NULL, platforms VARCHAR NOT NULL,  -- JSON array
    weight DOUBLE NOT NULL, user_impact BOOLEAN NOT NULL,
    sources VARCHAR NOT NULL, techniques VARCHAR NOT NULL                                 -- JSON arrays
);
-- One row for each device and check that could be read; derived.
CREATE TABLE configuration_result (
    device VARCHAR NOT NULL, scid BIGINT NOT NULL,
    applicable BOOLEAN NOT NULL, compliant BOOLEAN NOT NULL,
    context VARCHAR NOT NULL,  -- JSON array of [key, value or null] as read
    time BIGINT NOT NULL       -- when the device's settings were last heard of
);
-- Points by group ('*' the organisation) and category ('*' all); history.
CREATE TABLE secure_score (time BIGINT NOT NULL, device_group VARCHAR NOT NULL, category VARCHAR NOT NULL, points DOUBLE NOT NULL, possible DOUBLE NOT NULL);
-- Failing devices that count.
CREATE VIEW configuration_concern AS
SELECT r.device, r.scid FROM main.configuration_result r JOIN main.device_exposure e ON e.device = r.device AND e.counted
WHERE r.applicable AND NOT r.compliant;
