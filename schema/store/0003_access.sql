-- Migration 3. Who may use the server, and the mirror of the audit ledger (the ledger itself is a file, store/ledger.h).
CREATE TABLE access_user (
    id VARCHAR PRIMARY KEY, name VARCHAR NOT NULL UNIQUE,  -- lower case
    password VARCHAR NOT NULL,                             -- argon2id, with its parameters
    role VARCHAR NOT NULL,                                 -- a name of schema/roles.json
    disabled BOOLEAN NOT NULL, created BIGINT NOT NULL
);
CREATE TABLE access_application (
    id VARCHAR PRIMARY KEY, name VARCHAR NOT NULL,
    secret VARCHAR NOT NULL,       -- SHA-256 of the client secret
    permissions VARCHAR NOT NULL,  -- JSON list
    disabled BOOLEAN NOT NULL, created BIGINT NOT NULL
);
CREATE TABLE access_token (
    id VARCHAR PRIMARY KEY, owner VARCHAR NOT NULL, name VARCHAR NOT NULL,
    prefix VARCHAR NOT NULL,       -- what people see of it
    hash VARCHAR NOT NULL UNIQUE,  -- SHA-256 of the token
    permissions VARCHAR NOT NULL,  -- JSON list; empty: all that the owner may
    created BIGINT NOT NULL, expires BIGINT NOT NULL, last_used BIGINT NOT NULL  -- last_used 0: never
);
CREATE TABLE audit_event (
    number BIGINT PRIMARY KEY, time BIGINT NOT NULL, who VARCHAR NOT NULL, address VARCHAR NOT NULL,
    action VARCHAR NOT NULL, object VARCHAR NOT NULL, outcome VARCHAR NOT NULL, detail VARCHAR NOT NULL
);
