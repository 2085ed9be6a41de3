-- Migration 11. What people say of devices beside what sensors report, device groups by rule, and who may see which groups.
-- What a person set on a device. It wins over every report; no row: nothing was set.
CREATE TABLE device_choice (
    device VARCHAR PRIMARY KEY,
    value VARCHAR NOT NULL,           -- Low Normal High; '' not set
    tags_added VARCHAR NOT NULL,      -- JSON arrays
    tags_removed VARCHAR NOT NULL,
    excluded BOOLEAN NOT NULL,
    justification VARCHAR NOT NULL,   -- InactiveDevice DuplicateDevice DeviceDoesNotExist OutOfScope Other; '' while not excluded
    note VARCHAR NOT NULL,
    merged_into VARCHAR NOT NULL,     -- the device that this one is a duplicate of; '' none
    changed_at BIGINT NOT NULL, changed_by VARCHAR NOT NULL
);
-- What the reports of a device said of these, so that a choice can be taken back.
CREATE TABLE device_reported (device VARCHAR PRIMARY KEY, device_group VARCHAR NOT NULL, value VARCHAR NOT NULL, tags VARCHAR NOT NULL);
INSERT INTO device_reported SELECT id, device_group, value, tags FROM device;
-- Groups by rule: a device belongs to the first, by rank, whose conditions all hold.
CREATE TABLE device_group (
    name VARCHAR PRIMARY KEY, rank BIGINT NOT NULL, description VARCHAR NOT NULL,
    conditions VARCHAR NOT NULL,      -- JSON array of {property, operator, values}
    changed_at BIGINT NOT NULL, changed_by VARCHAR NOT NULL
);
-- The device groups that a user, application or token may see; no row: all.
CREATE TABLE access_groups (holder VARCHAR PRIMARY KEY, groups VARCHAR NOT NULL);  -- JSON array of names
-- The scopes that are made (store/scope.h).
CREATE TABLE device_scope (
    name VARCHAR PRIMARY KEY,         -- schema
    groups VARCHAR NOT NULL,          -- JSON array
    definition VARCHAR NOT NULL       -- digest of the rules it was made by
);
-- What the source of an alert says besides; no row: nothing.
CREATE TABLE alert_detail (
    alert VARCHAR PRIMARY KEY, description VARCHAR NOT NULL, recommended_action VARCHAR NOT NULL,
    detector VARCHAR NOT NULL,        -- rule or query behind it
    first_event BIGINT NOT NULL, last_event BIGINT NOT NULL
);
-- What people did about an alert; no row: nothing.
CREATE TABLE alert_handling (
    alert VARCHAR PRIMARY KEY,
    status VARCHAR NOT NULL,          -- New InProgress Resolved; '' as the source said
    assigned_to VARCHAR NOT NULL, classification VARCHAR NOT NULL, determination VARCHAR NOT NULL,
    comments VARCHAR NOT NULL,        -- JSON array of {comment, createdBy, createdTime}
    changed_at BIGINT NOT NULL, resolved_at BIGINT NOT NULL  -- 0 not resolved
);
-- Queries that run by themselves and raise alerts.
CREATE TABLE custom_detection (
    id VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, query VARCHAR NOT NULL,
    frequency_minutes BIGINT NOT NULL, lookback_minutes BIGINT NOT NULL,
    severity VARCHAR NOT NULL, category VARCHAR NOT NULL,
    title VARCHAR NOT NULL,           -- with {Column} for values of the row
    description VARCHAR NOT NULL, recommended_action VARCHAR NOT NULL, techniques VARCHAR NOT NULL,  -- techniques: JSON array
    actions VARCHAR NOT NULL,         -- JSON array of {type, value}
    enabled BOOLEAN NOT NULL,
    next_run BIGINT NOT NULL,
    created_at BIGINT NOT NULL, changed_at BIGINT NOT NULL, changed_by VARCHAR NOT NULL
);
CREATE TABLE custom_detection_run (
    detection VARCHAR NOT NULL, time BIGINT NOT NULL, elapsed_ms BIGINT NOT NULL,
    rows BIGINT NOT NULL, alerts BIGINT NOT NULL,   -- rows of the answer, alerts raised
    error VARCHAR NOT NULL            -- '' none
);
-- Who a provider of identities (OpenID) means by a subject.
CREATE TABLE access_identity (issuer VARCHAR NOT NULL, subject VARCHAR NOT NULL, user_id VARCHAR NOT NULL, PRIMARY KEY (issuer, subject));
