-- Migration 20. Roles beside the built-in ones (schema/roles.json); the device groups of one stand in access_groups with the
-- holder 'role:' and its name in lower case.
CREATE TABLE access_role (
    name VARCHAR PRIMARY KEY, doc VARCHAR NOT NULL,
    permissions VARCHAR NOT NULL  -- JSON array
);
