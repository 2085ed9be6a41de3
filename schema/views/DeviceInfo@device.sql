-- All rows of the table without the exposure level, for which each device is joined to what was computed of it.
SELECT d.last_seen AS "Timestamp", d.id AS "DeviceId", d.name AS "DeviceName",
       d.public_address AS "PublicIP", d.os_architecture AS "OSArchitecture", d.os_platform AS "OSPlatform",
       TRY_CAST(split_part(d.os_build, '.', 1) AS BIGINT) AS "OSBuild",
       split_part(d.os_build, '.', 2) AS "OsBuildRevision",
       d.os_version AS "OSVersion", d.os_release AS "OSVersionInfo", d.os_name AS "OSDistribution",
       d.device_group AS "MachineGroup", 0::BIGINT AS "ReportId", 'Onboarded' AS "OnboardingStatus",
       CASE WHEN d.os_platform LIKE 'WindowsServer%' OR d.tags LIKE '%"server"%' THEN 'Server' ELSE 'Workstation' END AS "DeviceType",
       'Endpoint' AS "DeviceCategory",
       d.internet_facing AS "IsInternetFacing", d.excluded AS "IsExcluded", d.value AS "AssetValue",
       d.tags AS "DeviceManualTags", d.identifier AS "HardwareUuid",
       CASE WHEN d.last_seen > (SELECT max(last_seen) FROM main.device) - 6048000000000 THEN 'Active' ELSE 'Inactive' END AS "SensorHealthState"
FROM main.device d
