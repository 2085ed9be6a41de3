-- Migration 36. Days on which installed software was used (sensors/usage.h), for the last 30 days. A day is the ticks of its start.
CREATE TABLE software_use (device VARCHAR NOT NULL, software BIGINT NOT NULL, day BIGINT NOT NULL);
-- Devices that tell what runs on them, and when they did last.
CREATE TABLE usage_told (device VARCHAR NOT NULL, time BIGINT NOT NULL);
-- Days used in the last 30, the median over devices that have the product where its files are known and that tell; derived.
CREATE TABLE product_usage (vendor VARCHAR NOT NULL, product VARCHAR NOT NULL, version VARCHAR /* null: of all versions */, devices BIGINT NOT NULL, days DOUBLE NOT NULL);
-- Installed software whose use would be known: its folder is one of its own, as Windows programs have.
CREATE VIEW installation_placed AS
SELECT i.device, i.software, lower(regexp_replace(rtrim(replace(i.path, '/', '\'), '\'), '^[A-Za-z]:', '')) AS place
FROM main.installation i
WHERE regexp_matches(i.path, '^[A-Za-z]:[\\/][^\\/]+[\\/]+[^\\/]') AND NOT regexp_matches(i.path, '^[A-Za-z]:[\\/]windows[\\/]', 'i');
