-- Migration 15. What was true when: docs/decisions/010. An installation that goes is kept with the time it went (the writer
-- does it); of the rest each version of a row is kept with the time from which and until which it was published.
-- `valid_to` is 9223372036854775807 for what is true now.
CREATE TABLE installation_past (
    device VARCHAR NOT NULL, software BIGINT NOT NULL, path VARCHAR NOT NULL, installed_at VARCHAR NOT NULL,
    first_seen BIGINT NOT NULL, gone BIGINT NOT NULL
);
CREATE TABLE device_history (
    id VARCHAR NOT NULL, name VARCHAR NOT NULL, os_platform VARCHAR NOT NULL, os_version VARCHAR NOT NULL,
    os_architecture VARCHAR NOT NULL, device_group VARCHAR NOT NULL, value VARCHAR NOT NULL,
    internet_facing BOOLEAN NOT NULL, excluded BOOLEAN NOT NULL, counted BOOLEAN NOT NULL,
    valid_from BIGINT NOT NULL, valid_to BIGINT NOT NULL
);
CREATE TABLE identity_history (
    software BIGINT NOT NULL, vendor VARCHAR NOT NULL, product VARCHAR NOT NULL, version VARCHAR NOT NULL,
    support_status VARCHAR NOT NULL, support_date BIGINT,
    valid_from BIGINT NOT NULL, valid_to BIGINT NOT NULL
);
CREATE TABLE finding_history (
    software BIGINT NOT NULL, cve VARCHAR NOT NULL, state VARCHAR NOT NULL, fixed_version VARCHAR NOT NULL,
    hotfix VARCHAR NOT NULL, hidden BOOLEAN NOT NULL, first_seen BIGINT NOT NULL,
    valid_from BIGINT NOT NULL, valid_to BIGINT NOT NULL
);
CREATE TABLE finding_cleared_history (
    device VARCHAR NOT NULL, software BIGINT NOT NULL, cve VARCHAR NOT NULL, reason VARCHAR NOT NULL,
    valid_from BIGINT NOT NULL, valid_to BIGINT NOT NULL
);
-- CVEs with a finding only.
CREATE TABLE cve_history (
    id VARCHAR NOT NULL, severity VARCHAR NOT NULL, cvss DOUBLE, epss DOUBLE,
    exploit_public BOOLEAN NOT NULL, exploit_verified BOOLEAN NOT NULL, exploit_in_kit BOOLEAN NOT NULL, known_exploited BOOLEAN NOT NULL,
    valid_from BIGINT NOT NULL, valid_to BIGINT NOT NULL
);
CREATE TABLE configuration_result_history (
    device VARCHAR NOT NULL, scid BIGINT NOT NULL, applicable BOOLEAN NOT NULL, compliant BOOLEAN NOT NULL, context VARCHAR NOT NULL,
    valid_from BIGINT NOT NULL, valid_to BIGINT NOT NULL
);
-- Why the exposure score changed from one publication to the next: points by cause, for '*' and each group.
CREATE TABLE score_change (time BIGINT NOT NULL, device_group VARCHAR NOT NULL, cause VARCHAR NOT NULL, points DOUBLE NOT NULL);
-- What each comes to of the organisation's score (rule E10): each column sums to it.
ALTER TABLE cve_exposure ADD COLUMN part DOUBLE DEFAULT 0;
ALTER TABLE product_exposure ADD COLUMN part DOUBLE DEFAULT 0;
ALTER TABLE device_exposure ADD COLUMN part DOUBLE DEFAULT 0;
