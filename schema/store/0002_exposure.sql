-- Migration 2. What the fleet's exposure comes to, derived from inventory and findings after each change and read by
-- the API, hunting and the summary. Rebuilt whole; holds nothing that cannot be computed again.
CREATE TABLE cve_exposure (cve VARCHAR NOT NULL, devices BIGINT NOT NULL, first_seen BIGINT NOT NULL);
CREATE TABLE product_exposure (
    vendor VARCHAR NOT NULL, product VARCHAR NOT NULL,
    devices BIGINT NOT NULL, exposed_devices BIGINT NOT NULL, weaknesses BIGINT NOT NULL,
    public_exploit BOOLEAN NOT NULL, active_alert BOOLEAN NOT NULL,
    impact DOUBLE NOT NULL   -- points of the exposure score that would go if the product's findings went
);
CREATE TABLE device_exposure (
    device VARCHAR NOT NULL,
    hazard DOUBLE NOT NULL,  -- sum over its findings
    level VARCHAR NOT NULL   -- None Low Medium High
);
CREATE TABLE exposure_score (time BIGINT NOT NULL, device_group VARCHAR NOT NULL, score DOUBLE NOT NULL, devices BIGINT NOT NULL);
