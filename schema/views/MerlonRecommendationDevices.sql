-- One row for each recommendation and device that it is about.
SELECT n.recommendation AS "RecommendationId", n.device AS "DeviceId", d.name AS "DeviceName", d.os_platform AS "OSPlatform",
       d.device_group AS "MachineGroup", n.exempt AS "IsExempt"
FROM main.recommendation_device n JOIN main.device d ON d.id = n.device
