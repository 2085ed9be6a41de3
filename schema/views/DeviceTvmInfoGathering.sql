-- What sensors gather of a device beside its inventory; the fields are those of DeviceTvmInfoGatheringKB.
SELECT greatest(r.seen, n.seen) AS "Timestamp", d.last_seen AS "LastSeenTime", d.id AS "DeviceId", d.name AS "DeviceName", d.os_platform AS "OSPlatform",
       json_object('PendingRestart', r.pending, 'PendingRestartReasons', r.reasons::JSON, 'PendingRestartSince', r.since,
                   'NetworkShares', n.shares)::VARCHAR AS "AdditionalFields"
FROM (SELECT * FROM main.device_restart WHERE pending IS NOT NULL) r
FULL JOIN (SELECT device, max(seen) AS seen,
                  json_group_array(json_object('Name', share, 'Path', path, 'Rights', rights, 'OfflineAccess', offline, 'AccessBasedEnumeration', enumeration,
                                               'EveryoneCanWrite', everyone_writes, 'IsRootFolder', at_root)) AS shares
           FROM main.network_share GROUP BY device) n ON n.device = r.device
JOIN main.device d ON d.id = coalesce(r.device, n.device)
