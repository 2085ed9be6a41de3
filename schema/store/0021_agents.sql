-- Migration 21. osquery agents that report by themselves (docs/agents.md). Of keys and secrets the SHA-256 only.
CREATE TABLE agent (
    id VARCHAR PRIMARY KEY,
    device VARCHAR NOT NULL,      -- device.id, also before its first inventory
    identifier VARCHAR NOT NULL,  -- what osquery calls the host
    name VARCHAR NOT NULL, platform VARCHAR NOT NULL,  -- windows, macos, linux
    version VARCHAR NOT NULL,     -- of osquery
    node_key VARCHAR NOT NULL, address VARCHAR NOT NULL,
    enrolled BIGINT NOT NULL, seen BIGINT NOT NULL, reported BIGINT NOT NULL,  -- reported: its last inventory; 0 none
    rescan BIGINT NOT NULL,       -- when a fresh inventory was asked for that has not come yet; 0 none
    blocked BOOLEAN NOT NULL
);
-- What an agent shows to be let in the first time; several, so that one can be replaced.
CREATE TABLE agent_secret (
    id VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, secret VARCHAR NOT NULL, created BIGINT NOT NULL, created_by VARCHAR NOT NULL
);
