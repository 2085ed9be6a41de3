-- Device x baseline profile x setting; only settings that could be read on the device.
SELECT d.id AS "DeviceId", d.name AS "DeviceName", d.os_platform AS "OSPlatform", d.os_version AS "OSVersion",
       r.number AS "ConfigurationId", r.profile AS "ProfileId",
       CASE WHEN r.applicable THEN r.compliant END AS "IsCompliant", r.applicable AS "IsApplicable",
       CAST(to_json(list_transform(from_json(r.context, '[["VARCHAR"]]'), lambda x: x[1])) AS VARCHAR) AS "Source",
       r.recommended AS "RecommendedValue",
       CAST(to_json(list_transform(from_json(r.context, '[["VARCHAR"]]'), lambda x: coalesce(x[2], 'not set'))) AS VARCHAR) AS "CurrentValue",
       r.exempt AS "IsExempt"
FROM main.baseline_result r JOIN main.device d ON d.id = r.device
