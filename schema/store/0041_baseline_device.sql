-- Migration 41. A benchmark is of the devices of its system: some of its checks are of others too (secure boot, say).
CREATE VIEW baseline_device AS
SELECT b.id AS benchmark, d.id AS device
FROM main.baseline_benchmark b JOIN main.device d
    ON b.os = CASE WHEN d.os_platform LIKE 'Windows%' THEN 'Windows' WHEN d.os_platform = 'macOS' THEN 'macOS' ELSE 'Linux' END;
-- No equality of systems: the engine would join by the system, which takes five times as long at 100,000 devices.
CREATE OR REPLACE VIEW baseline_result AS
SELECT s.profile, s.benchmark, s.number, s.section, s.scid, s.recommended, s.source, r.device, r.applicable, r.compliant, r.context, r.time,
       x.device IS NOT NULL AS exempt
FROM main.baseline_profile_setting s JOIN main.baseline_profile p ON p.id = s.profile AND p.active
JOIN main.baseline_benchmark b ON b.id = s.benchmark
JOIN main.configuration_result r ON r.scid = s.scid
JOIN main.device_exposure e ON e.device = r.device AND e.counted
JOIN main.device d ON d.id = r.device
    AND CASE b.os WHEN 'Windows' THEN d.os_platform LIKE 'Windows%' WHEN 'macOS' THEN d.os_platform = 'macOS'
                  ELSE d.os_platform NOT LIKE 'Windows%' AND d.os_platform <> 'macOS' END
    AND (p.device_groups = '[]' OR list_contains(from_json(p.device_groups, '["VARCHAR"]'), d.device_group))
    AND (p.tags = '[]' OR list_has_any(from_json(p.tags, '["VARCHAR"]'), from_json(d.tags, '["VARCHAR"]')))
LEFT JOIN main.exempt x ON x.subject = 'sca-_-scid-' || s.scid AND x.device = r.device;
