-- One row for each network interface of the newest report.
SELECT d.last_seen AS "Timestamp", d.id AS "DeviceId", d.name AS "DeviceName",
       coalesce(json_extract_string(i.value, '$.name'), '') AS "NetworkAdapterName",
       coalesce(json_extract_string(i.value, '$.mac'), '') AS "MacAddress",
       'Up' AS "NetworkAdapterStatus",
       (SELECT CAST(to_json(list(json_object('IPAddress', a.value->>'$'))) AS VARCHAR)
        FROM json_each(json_extract(i.value, '$.addresses')) a) AS "IPAddresses",
       0::BIGINT AS "ReportId", 'Onboarded' AS "OnboardingStatus"
FROM main.device d, json_each(d.interfaces) i
