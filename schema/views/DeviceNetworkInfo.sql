-- One row for each network interface of the newest report.
SELECT i.last_seen AS "Timestamp", i.id AS "DeviceId", i.name AS "DeviceName",
       coalesce(json_extract_string(i.interface, '$.name'), '') AS "NetworkAdapterName",
       coalesce(json_extract_string(i.interface, '$.mac'), '') AS "MacAddress",
       'Up' AS "NetworkAdapterStatus",
       nullif(CAST(to_json(list_transform(json_extract_string(i.interface, '$.addresses[*]'), lambda a: {'IPAddress': a, 'AddressType':
              CASE WHEN regexp_matches(a, '^(127\.|::1$)') THEN 'Loopback'
                   WHEN regexp_matches(a, '^(169\.254\.|[fF][eE][89abAB][0-9a-fA-F]:)') THEN 'LinkLocal'
                   WHEN regexp_matches(a, '^(10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.|[fF][cCdD][0-9a-fA-F]{2}:)') THEN 'Private'
                   ELSE 'Public' END})) AS VARCHAR), '[]') AS "IPAddresses",
       0::BIGINT AS "ReportId", 'Onboarded' AS "OnboardingStatus"
FROM (SELECT d.last_seen, d.id, d.name, unnest(json_extract(d.interfaces, '$[*]')) AS interface FROM main.device d) i
