-- Migration 4. Security recommendations: one for each product with something to do about it, one for each configuration
-- check that some device fails. Derived, made anew with the exposure; docs/recommendations.md says how.
CREATE TABLE recommendation (
    id VARCHAR NOT NULL,              -- va-_-VENDOR-_-PRODUCT, sca-_-scid-N
    kind VARCHAR NOT NULL,            -- software, configuration
    priority BIGINT NOT NULL,         -- 1 is to be done first
    vendor VARCHAR NOT NULL, product VARCHAR NOT NULL, scid VARCHAR NOT NULL,
    name VARCHAR NOT NULL, description VARCHAR NOT NULL, component VARCHAR NOT NULL,
    category VARCHAR NOT NULL, subcategory VARCHAR NOT NULL,
    platforms VARCHAR NOT NULL,       -- JSON array
    type VARCHAR NOT NULL,            -- Update Upgrade Uninstall AttentionRequired ConfigurationChange
    recommended_version VARCHAR NOT NULL,
    weaknesses BIGINT NOT NULL,
    severity_score DOUBLE NOT NULL,   -- weight of a check, 0 for software
    public_exploit BOOLEAN NOT NULL, known_exploited BOOLEAN NOT NULL, active_alert BOOLEAN NOT NULL,
    tags VARCHAR NOT NULL,            -- JSON array
    status VARCHAR NOT NULL,          -- Active, Partial exception, Full exception
    total_devices BIGINT NOT NULL, exposed_devices BIGINT NOT NULL, exposed_after BIGINT NOT NULL,  -- after exceptions
    critical_devices BIGINT NOT NULL, quiet_devices BIGINT NOT NULL,  -- exposed ones whose users would not notice
    exposure_impact DOUBLE NOT NULL, score_impact DOUBLE NOT NULL
);
-- Whether the device takes part in counts and scores (not excluded, heard of within the setting).
ALTER TABLE device_exposure ADD COLUMN counted BOOLEAN DEFAULT true;
-- Devices that a product's recommendation is about: with an open finding through it, or a version that is out of support
-- or soon to be.
CREATE VIEW product_concern AS
SELECT DISTINCT i.device, y.vendor, y.product, y.version, y.support_status
FROM main.installation i
JOIN main.identity y ON y.software = i.software
JOIN main.device_exposure e ON e.device = i.device AND e.counted
WHERE y.support_status <> ''
   OR i.software IN (SELECT software FROM main.finding WHERE NOT hidden)
      AND EXISTS (SELECT 1 FROM main.finding f WHERE f.software = i.software AND NOT f.hidden
                  AND NOT EXISTS (SELECT 1 FROM main.finding_cleared x
                                  WHERE x.device = i.device AND x.software = f.software AND x.cve = f.cve));
