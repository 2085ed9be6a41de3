-- Migration 29. Authenticated scans as clients of Defender's API define them (docs/api.md). Merlon keeps them and runs none.
CREATE TABLE scan_definition (
    id VARCHAR PRIMARY KEY,
    type VARCHAR NOT NULL,            -- Windows, Network
    name VARCHAR NOT NULL, active BOOLEAN NOT NULL, interval_hours BIGINT NOT NULL,
    target_type VARCHAR NOT NULL,     -- Ip, Hostname
    target VARCHAR NOT NULL,          -- separated by commas
    authentication VARCHAR NOT NULL,  -- JSON object without secrets
    agent VARCHAR NOT NULL,           -- device that is to scan; '' none
    created BIGINT NOT NULL, created_by VARCHAR NOT NULL
);
