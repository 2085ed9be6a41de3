-- "This is wrong": local corrections of findings (src/match/local_corrections.h). Their effect are rows of finding_cleared
-- whose reason begins with "correction ID"; made anew with each matching and each change here.
CREATE TABLE correction (
    id VARCHAR PRIMARY KEY,
    cve VARCHAR NOT NULL,            -- '': every flaw of the product
    scope VARCHAR NOT NULL,          -- everywhere, group, device
    scope_value VARCHAR NOT NULL,    -- name of the group, id of the device
    vendor VARCHAR NOT NULL, product VARCHAR NOT NULL,  -- as identity has them; '': any
    version VARCHAR NOT NULL,        -- as installed or as compared; '': any
    path VARCHAR NOT NULL,           -- beginning of the place where it lies; '': any
    status VARCHAR NOT NULL,         -- not_affected, false_positive, fixed
    justification VARCHAR NOT NULL,  -- OpenVEX's words, or ''
    reason VARCHAR NOT NULL, link VARCHAR NOT NULL,
    created BIGINT NOT NULL, created_by VARCHAR NOT NULL,
    changed BIGINT NOT NULL,
    expires BIGINT NOT NULL,         -- 0: never
    disabled BOOLEAN NOT NULL
);
-- How the last try to fetch each feed went; one row a feed.
CREATE TABLE feed_attempt (
    name VARCHAR PRIMARY KEY,        -- of schema/feeds.json
    time BIGINT NOT NULL,
    outcome VARCHAR NOT NULL,        -- loaded, unchanged, failed
    detail VARCHAR NOT NULL          -- what was wrong, in words
);
