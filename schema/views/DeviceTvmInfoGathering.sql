-- What sensors gather of a device beside its inventory; the fields are those of DeviceTvmInfoGatheringKB.
SELECT r.seen AS "Timestamp", d.last_seen AS "LastSeenTime", d.id AS "DeviceId", d.name AS "DeviceName", d.os_platform AS "OSPlatform",
       json_object('PendingRestart', r.pending, 'PendingRestartReasons', r.reasons::JSON, 'PendingRestartSince', r.since)::VARCHAR AS "AdditionalFields"
FROM main.device_restart r JOIN main.device d ON d.id = r.device
WHERE r.pending IS NOT NULL
