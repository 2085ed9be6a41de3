-- Migration 34. Devices by model, processor and firmware; derived (advise/hardware.h). Counting the settings of every device anew
-- took half a second at 100,000 devices.
CREATE TABLE hardware_count (kind VARCHAR NOT NULL, maker VARCHAR NOT NULL, name VARCHAR NOT NULL, version VARCHAR NOT NULL, devices BIGINT NOT NULL);
INSERT INTO hardware_count
SELECT c.kind, c.maker, c.name, c.version, count(*) FROM (
    SELECT device, 'Hardware' AS kind, coalesce(max(value) FILTER (key = 'osquery.system_info.hardware_vendor'), '') AS maker,
           coalesce(max(value) FILTER (key = 'osquery.system_info.hardware_model'), '') AS name, coalesce(max(value) FILTER (key = 'osquery.system_info.hardware_version'), '') AS version
    FROM main.setting WHERE starts_with(key, 'osquery.system_info.hardware_') GROUP BY device
    UNION ALL
    SELECT device, 'Processor', replace(split_part(value, ' ', 1), '(R)', ''), value, '' FROM main.setting WHERE key = 'osquery.system_info.cpu_brand'
    UNION ALL
    SELECT device, 'Bios', coalesce(max(value) FILTER (key = 'osquery.platform_info.vendor'), ''),
           CASE WHEN max(value) FILTER (key = 'osquery.platform_info.version') <> '' THEN 'BIOS' ELSE '' END, coalesce(max(value) FILTER (key = 'osquery.platform_info.version'), '')
    FROM main.setting WHERE starts_with(key, 'osquery.platform_info.') GROUP BY device) c
WHERE c.name <> '' GROUP BY ALL;
