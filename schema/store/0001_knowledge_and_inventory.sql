-- Migration 1. Times are ticks (100 ns since 0001-01-01T00:00:00Z) as BIGINT; lists and objects are JSON text.

-- ---- knowledge -----------------------------------------------------------------------------------------------
-- One row for each file or download that was read, newest state of each feed.
CREATE TABLE feed (
    name VARCHAR NOT NULL,        -- nvd, kev, epss, osv, endoflife, starter ...
    file VARCHAR NOT NULL,        -- where it came from
    digest VARCHAR NOT NULL,      -- SHA-256 of the bytes: the same file is not loaded twice
    loaded_at BIGINT NOT NULL,
    data_time BIGINT NOT NULL,    -- what the file says of its own age; 0 unknown
    records BIGINT NOT NULL, kept BIGINT NOT NULL, rejected BIGINT NOT NULL,
    PRIMARY KEY (name, file)
);
CREATE SEQUENCE advisory_number;
CREATE TABLE advisory (
    number BIGINT NOT NULL,
    source VARCHAR NOT NULL, id VARCHAR NOT NULL,
    cves VARCHAR NOT NULL,        -- JSON array
    aliases VARCHAR NOT NULL,     -- JSON array
    state VARCHAR NOT NULL,       -- published rejected withdrawn disputed
    title VARCHAR NOT NULL, description VARCHAR NOT NULL,
    published BIGINT NOT NULL, modified BIGINT NOT NULL,
    severities VARCHAR NOT NULL,  -- JSON array of {scheme, vector, score, word, source, primary}
    cwes VARCHAR NOT NULL, refs VARCHAR NOT NULL,
    content BIGINT NOT NULL       -- hash of all that the record says: an unchanged one is not written again
);
-- What one advisory says of one CVE, as far as table cve needs it; written together with the advisory.
CREATE TABLE advisory_cve (
    advisory BIGINT NOT NULL, cve VARCHAR NOT NULL,
    text_rank INTEGER NOT NULL,     -- whose words to show: the lowest wins
    rating_rank INTEGER NOT NULL,   -- whose rating to show: the highest wins; 0 no rating
    score DOUBLE, vector VARCHAR NOT NULL, cvss_version VARCHAR NOT NULL, word VARCHAR NOT NULL, rater VARCHAR NOT NULL
);
-- Statements of advisories. `subject` is subject_key(); `body` the rest of an Affected as JSON (store/knowledge.h).
CREATE TABLE affected (
    advisory BIGINT NOT NULL,
    subject VARCHAR NOT NULL,
    body VARCHAR NOT NULL
);
CREATE TABLE exploit (
    cve VARCHAR NOT NULL, source VARCHAR NOT NULL, kind VARCHAR NOT NULL, type VARCHAR NOT NULL, url VARCHAR NOT NULL,
    date BIGINT NOT NULL, due BIGINT NOT NULL, detail VARCHAR NOT NULL
);
CREATE TABLE epss (cve VARCHAR NOT NULL, score DOUBLE NOT NULL, percentile DOUBLE NOT NULL, date BIGINT NOT NULL, model VARCHAR NOT NULL);
CREATE TABLE lifecycle (
    slug VARCHAR NOT NULL, source VARCHAR NOT NULL,
    body VARCHAR NOT NULL         -- a LifecycleProduct as JSON
);
-- One row for each known CVE: what advisories, exploit lists and EPSS say together. Rebuilt after each load.
CREATE TABLE cve (
    id VARCHAR NOT NULL,          -- unique: rebuilt by a GROUP BY
    state VARCHAR NOT NULL,
    title VARCHAR NOT NULL, description VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,    -- None Low Medium High Critical, '' unknown
    cvss DOUBLE, cvss_vector VARCHAR NOT NULL, cvss_version VARCHAR NOT NULL, cvss_source VARCHAR NOT NULL,
    published BIGINT NOT NULL, modified BIGINT NOT NULL,
    exploit_public BOOLEAN NOT NULL, exploit_verified BOOLEAN NOT NULL, exploit_in_kit BOOLEAN NOT NULL,
    known_exploited BOOLEAN NOT NULL, ransomware BOOLEAN NOT NULL, kev_due BIGINT NOT NULL,
    exploit_types VARCHAR NOT NULL, exploit_urls VARCHAR NOT NULL,   -- JSON arrays
    epss DOUBLE, epss_percentile DOUBLE,
    cwes VARCHAR NOT NULL, refs VARCHAR NOT NULL, sources VARCHAR NOT NULL
);

-- ---- inventory -----------------------------------------------------------------------------------------------
CREATE TABLE device (
    id VARCHAR PRIMARY KEY,       -- 40 hex digits
    identifier VARCHAR NOT NULL, name VARCHAR NOT NULL,
    os_platform VARCHAR NOT NULL, os_distribution VARCHAR NOT NULL, os_name VARCHAR NOT NULL, os_version VARCHAR NOT NULL,
    os_release VARCHAR NOT NULL, os_edition VARCHAR NOT NULL, os_build VARCHAR NOT NULL, os_architecture VARCHAR NOT NULL,
    kernel VARCHAR NOT NULL,
    device_group VARCHAR NOT NULL, value VARCHAR NOT NULL,   -- value: Low Normal High
    internet_facing BOOLEAN NOT NULL, public_address VARCHAR NOT NULL,
    interfaces VARCHAR NOT NULL,  -- JSON array of {name, mac, addresses}
    tags VARCHAR NOT NULL,        -- JSON array
    excluded BOOLEAN NOT NULL,
    source VARCHAR NOT NULL,
    first_seen BIGINT NOT NULL, last_seen BIGINT NOT NULL,
    software_seen BIGINT NOT NULL -- when the software list was last reported; 0 never
);
-- Distinct software over the fleet: matching is done once a row.
CREATE TABLE software (
    id BIGINT PRIMARY KEY,        -- SoftwareKey::id()
    source VARCHAR NOT NULL, name VARCHAR NOT NULL, vendor VARCHAR NOT NULL, version VARCHAR NOT NULL,
    architecture VARCHAR NOT NULL, source_name VARCHAR NOT NULL, source_version VARCHAR NOT NULL,
    distribution VARCHAR NOT NULL, bundle_id VARCHAR NOT NULL, edition VARCHAR NOT NULL,
    purl VARCHAR NOT NULL, cpe VARCHAR NOT NULL, platform VARCHAR NOT NULL,
    first_seen BIGINT NOT NULL
);
-- What matching made of it.
CREATE TABLE identity (
    software BIGINT NOT NULL,
    vendor VARCHAR NOT NULL, product VARCHAR NOT NULL, version VARCHAR NOT NULL, scheme VARCHAR NOT NULL,
    candidates VARCHAR NOT NULL,  -- JSON array of {subject, confidence, rule}
    assessed BOOLEAN NOT NULL,
    support_status VARCHAR NOT NULL,  -- '', Upcoming EOS Version, Upcoming EOS Software, EOS Version, EOS Software
    support_known BOOLEAN NOT NULL,   -- false: no life-cycle data
    support_date BIGINT,
    lifecycle VARCHAR NOT NULL, cycle VARCHAR NOT NULL, latest VARCHAR NOT NULL, support_reason VARCHAR NOT NULL
);
CREATE TABLE installation (
    device VARCHAR NOT NULL, software BIGINT NOT NULL,
    path VARCHAR NOT NULL, installed_at VARCHAR NOT NULL,
    first_seen BIGINT NOT NULL
);
CREATE TABLE hotfix (device VARCHAR NOT NULL, kb VARCHAR NOT NULL);
CREATE TABLE setting (device VARCHAR NOT NULL, key VARCHAR NOT NULL, value VARCHAR NOT NULL, seen BIGINT NOT NULL);
CREATE TABLE alert (
    id VARCHAR PRIMARY KEY, device VARCHAR NOT NULL, time BIGINT NOT NULL,
    severity VARCHAR NOT NULL, category VARCHAR NOT NULL, title VARCHAR NOT NULL, status VARCHAR NOT NULL,
    source VARCHAR NOT NULL, body VARCHAR NOT NULL  -- further fields as JSON
);

-- ---- findings ------------------------------------------------------------------------------------------------
CREATE TABLE finding (
    software BIGINT NOT NULL, cve VARCHAR NOT NULL,
    advisories VARCHAR NOT NULL,  -- JSON array, the deciding one first
    state VARCHAR NOT NULL,       -- fix_state_name()
    fixed_version VARCHAR NOT NULL, hotfix VARCHAR NOT NULL, urgency VARCHAR NOT NULL,
    confidence INTEGER NOT NULL, hidden BOOLEAN NOT NULL,
    evidence VARCHAR NOT NULL,    -- JSON array of {kind, text}
    first_seen BIGINT NOT NULL   -- one row for each (software, cve)
);
-- Findings that one device does not have although its software does: an installed hotfix, a local correction.
CREATE TABLE finding_cleared (device VARCHAR NOT NULL, software BIGINT NOT NULL, cve VARCHAR NOT NULL, reason VARCHAR NOT NULL);
CREATE TABLE state (key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);
