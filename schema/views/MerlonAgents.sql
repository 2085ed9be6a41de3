-- One row for each osquery agent.
SELECT t.id AS "AgentId", t.name AS "AgentName", t.device AS "DeviceId", coalesce(d.name, '') AS "DeviceName", t.identifier AS "HostIdentifier",
       t.platform AS "OSPlatform", t.version AS "AgentVersion", t.address AS "LastIPAddress", t.enrolled AS "EnrolledTime", t.seen AS "LastSeen",
       nullif(t.reported, 0) AS "LastInventory", t.blocked AS "IsBlocked"
FROM main.agent t LEFT JOIN main.device d ON d.id = t.device
