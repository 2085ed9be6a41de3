-- What a device is made of, as osquery tells it: the machine, its board and processor (system_info), its firmware (platform_info).
-- One branch for each kind of component: each reads its own settings only, and makes those columns that are asked for.
SELECT d.id AS "DeviceId", d.name AS "DeviceName", c.type AS "ComponentType", c.maker AS "Manufacturer", c.name AS "ComponentName",
       c.version AS "ComponentVersion", c.more AS "AdditionalFields"
FROM (
    SELECT device, 'Hardware' AS type, coalesce(max(value) FILTER (key = 'osquery.system_info.hardware_vendor'), '') AS maker,
           max(value) FILTER (key = 'osquery.system_info.hardware_model') AS name,
           coalesce(max(value) FILTER (key = 'osquery.system_info.hardware_version'), '') AS version,
           json_object('SerialNumber', coalesce(max(value) FILTER (key = 'osquery.system_info.hardware_serial'), ''),
                       'BaseBoardManufacturer', coalesce(max(value) FILTER (key = 'osquery.system_info.board_vendor'), ''),
                       'BaseBoardProduct', coalesce(max(value) FILTER (key = 'osquery.system_info.board_model'), ''))::VARCHAR AS more
    FROM main.setting WHERE starts_with(key, 'osquery.system_info.hardware_') OR starts_with(key, 'osquery.system_info.board_') GROUP BY device
    UNION ALL
    SELECT device, 'Processor', replace(split_part(max(value) FILTER (key = 'osquery.system_info.cpu_brand'), ' ', 1), '(R)', ''),
           max(value) FILTER (key = 'osquery.system_info.cpu_brand'), '',
           json_object('LogicalCores', coalesce(max(value) FILTER (key = 'osquery.system_info.cpu_logical_cores'), ''))::VARCHAR
    FROM main.setting WHERE starts_with(key, 'osquery.system_info.cpu_') GROUP BY device
    UNION ALL
    SELECT device, 'Bios', coalesce(max(value) FILTER (key = 'osquery.platform_info.vendor'), ''),
           CASE WHEN max(value) FILTER (key = 'osquery.platform_info.version') <> '' THEN 'BIOS' END,
           max(value) FILTER (key = 'osquery.platform_info.version'),
           json_object('ReleaseDate', coalesce(max(value) FILTER (key = 'osquery.platform_info.date'), ''))::VARCHAR
    FROM main.setting WHERE starts_with(key, 'osquery.platform_info.') GROUP BY device
) c
JOIN main.device d ON d.id = c.device
WHERE c.name <> ''
