-- What a device is made of, as osquery tells it: the machine, its board and processor (system_info), its firmware (platform_info).
SELECT d.id AS "DeviceId", d.name AS "DeviceName", c.type AS "ComponentType", c.maker AS "Manufacturer", c.name AS "ComponentName",
       c.version AS "ComponentVersion", c.more AS "AdditionalFields"
FROM (
    SELECT device,
           coalesce(max(value) FILTER (key = 'osquery.system_info.hardware_vendor'), '') AS vendor,
           coalesce(max(value) FILTER (key = 'osquery.system_info.hardware_model'), '') AS model,
           coalesce(max(value) FILTER (key = 'osquery.system_info.hardware_version'), '') AS version,
           coalesce(max(value) FILTER (key = 'osquery.system_info.hardware_serial'), '') AS serial,
           coalesce(max(value) FILTER (key = 'osquery.system_info.board_vendor'), '') AS board_vendor,
           coalesce(max(value) FILTER (key = 'osquery.system_info.board_model'), '') AS board_model,
           coalesce(max(value) FILTER (key = 'osquery.system_info.cpu_brand'), '') AS processor,
           coalesce(max(value) FILTER (key = 'osquery.system_info.cpu_logical_cores'), '') AS cores,
           coalesce(max(value) FILTER (key = 'osquery.platform_info.vendor'), '') AS firmware_vendor,
           coalesce(max(value) FILTER (key = 'osquery.platform_info.version'), '') AS firmware_version,
           coalesce(max(value) FILTER (key = 'osquery.platform_info.date'), '') AS firmware_date
    FROM main.setting WHERE starts_with(key, 'osquery.system_info.') OR starts_with(key, 'osquery.platform_info.') GROUP BY device
) f
JOIN main.device d ON d.id = f.device,
LATERAL (VALUES
    ('Hardware', f.vendor, f.model, f.version, json_object('SerialNumber', f.serial, 'BaseBoardManufacturer', f.board_vendor, 'BaseBoardProduct', f.board_model)::VARCHAR),
    ('Processor', replace(split_part(f.processor, ' ', 1), '(R)', ''), f.processor, '', json_object('LogicalCores', f.cores)::VARCHAR),
    ('Bios', f.firmware_vendor, CASE WHEN f.firmware_version = '' THEN '' ELSE 'BIOS' END, f.firmware_version, json_object('ReleaseDate', f.firmware_date)::VARCHAR)
) c (type, maker, name, version, more)
WHERE c.name <> ''
