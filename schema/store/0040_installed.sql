-- Migration 40. Software that some device has, and how many devices that count have each version; derived. Lists ask both of few rows:
-- looking through all installations took half of a list of CVEs at 100,000 devices.
CREATE TABLE installed_software (software BIGINT NOT NULL);
INSERT INTO installed_software SELECT DISTINCT software FROM main.installation;
CREATE TABLE version_exposure (vendor VARCHAR NOT NULL, product VARCHAR NOT NULL, version VARCHAR NOT NULL, devices BIGINT NOT NULL);
INSERT INTO version_exposure
SELECT y.vendor, y.product, y.version, count(DISTINCT i.device) FROM main.installation i JOIN main.identity y ON y.software = i.software
JOIN main.device_exposure e ON e.device = i.device AND e.counted GROUP BY ALL;
