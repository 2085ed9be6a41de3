-- Device x configuration check; only checks that could be read on the device.
SELECT d.id AS "DeviceId", d.name AS "DeviceName", d.os_platform AS "OSPlatform", r.time AS "Timestamp",
       'scid-' || r.scid AS "ConfigurationId", c.category AS "ConfigurationCategory", c.subcategory AS "ConfigurationSubcategory",
       c.weight AS "ConfigurationImpact", r.compliant AS "IsCompliant", r.applicable AS "IsApplicable", r.context AS "Context",
       c.user_impact AS "IsExpectedUserImpact"
FROM main.configuration_result r
JOIN main.configuration_check c ON c.scid = r.scid
JOIN main.device d ON d.id = r.device
