-- Migration 17. Notes of installations that went, on large fleets: taken out of `installation`, which has no index, for many
-- reports in one pass (store/standing.h). A row of installation that is older than its note is no longer there.
CREATE TABLE installation_gone (device VARCHAR NOT NULL, software BIGINT NOT NULL, path VARCHAR NOT NULL, gone BIGINT NOT NULL);
