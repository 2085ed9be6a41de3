-- One row for each network interface of the newest report.
SELECT i.last_seen AS "Timestamp", i.id AS "DeviceId", i.name AS "DeviceName",
       coalesce(json_extract_string(i.interface, '$.name'), '') AS "NetworkAdapterName",
       coalesce(json_extract_string(i.interface, '$.mac'), '') AS "MacAddress",
       'Up' AS "NetworkAdapterStatus",
       nullif(CAST(to_json(list_transform(json_extract_string(i.interface, '$.addresses[*]'), lambda a: {'IPAddress': a})) AS VARCHAR), '[]') AS "IPAddresses",
       0::BIGINT AS "ReportId", 'Onboarded' AS "OnboardingStatus"
FROM (SELECT d.last_seen, d.id, d.name, unnest(json_extract(d.interfaces, '$[*]')) AS interface FROM main.device d) i
