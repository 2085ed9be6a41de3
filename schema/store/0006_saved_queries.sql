-- Migration 6. Hunting queries that people save; the built-in ones are files of schema/queries.
CREATE TABLE saved_query (
    id VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, note VARCHAR NOT NULL, kql VARCHAR NOT NULL,
    owner VARCHAR NOT NULL,    -- a user's id, 'application:ID' or 'local'
    shared BOOLEAN NOT NULL, created BIGINT NOT NULL, changed BIGINT NOT NULL
);
