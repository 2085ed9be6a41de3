-- Migration 8. Remediation activities (docs/remediation.md).
CREATE TABLE remediation (
    id VARCHAR NOT NULL,                -- a UUID; unique
    recommendation VARCHAR NOT NULL, title VARCHAR NOT NULL, description VARCHAR NOT NULL, component VARCHAR NOT NULL,
    type VARCHAR NOT NULL,              -- Update Upgrade Uninstall ConfigurationChange AttentionRequired
    vendor VARCHAR NOT NULL, product VARCHAR NOT NULL, scid VARCHAR NOT NULL, recommended_version VARCHAR NOT NULL,
    device_groups VARCHAR NOT NULL,     -- JSON array; empty: all
    quiet BOOLEAN NOT NULL,             -- only devices whose users notice nothing
    priority VARCHAR NOT NULL,          -- High Medium Low
    due BIGINT NOT NULL,                -- 0: none
    notes VARCHAR NOT NULL, owner VARCHAR NOT NULL,
    requester_id VARCHAR NOT NULL, requester VARCHAR NOT NULL,
    state VARCHAR NOT NULL,             -- Active Completed Cancelled
    created BIGINT NOT NULL, changed BIGINT NOT NULL,  -- changed: when the state last did
    method VARCHAR NOT NULL,            -- of completion: '' Automatic Manual
    completer_id VARCHAR NOT NULL, completer VARCHAR NOT NULL,
    ticket VARCHAR NOT NULL, ticket_state VARCHAR NOT NULL,  -- in another system
    target_devices BIGINT NOT NULL, fixed_devices BIGINT NOT NULL, away_devices BIGINT NOT NULL  -- of remediation_device
);
-- The devices that it was made for, remembered when it was made.
CREATE TABLE remediation_device (
    remediation VARCHAR NOT NULL, device VARCHAR NOT NULL,
    state VARCHAR NOT NULL,             -- Open, Fixed, Away (no longer counts, or under an exception)
    changed BIGINT NOT NULL
);
