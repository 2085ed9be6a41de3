-- Migration 14. The event timeline (docs/timeline.md): what became known or worse, written when exposure is published.
CREATE TABLE event (
    id VARCHAR PRIMARY KEY,         -- "TIME-NUMBER", so that ids sort by time
    time BIGINT NOT NULL,
    type VARCHAR NOT NULL,          -- event_type_name()
    sentence VARCHAR NOT NULL,
    vendor VARCHAR NOT NULL, product VARCHAR NOT NULL,
    component VARCHAR NOT NULL,     -- as people see it: "Google Chrome", "SSH"
    names VARCHAR NOT NULL,         -- JSON array: CVEs, versions or scids, by type; sorted
    severity_score DOUBLE NOT NULL, -- the highest CVSS of its CVEs; 0 for other events
    device_groups VARCHAR NOT NULL, -- JSON array: groups with an impacted device when it happened
    devices_then BIGINT NOT NULL, devices_now BIGINT NOT NULL,
    total_then BIGINT NOT NULL, total_now BIGINT NOT NULL  -- devices that count
);
-- What the timeline has told, so that nothing is told twice. Rows of one thing add up: their stages are joined.
CREATE TABLE announced (
    kind VARCHAR NOT NULL,          -- cve, version, check
    vendor VARCHAR NOT NULL, product VARCHAR NOT NULL,
    name VARCHAR NOT NULL,          -- CVE, version, scid
    stages INTEGER NOT NULL         -- bits: advise/timeline.cpp
);
