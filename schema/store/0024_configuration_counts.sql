-- Migration 24. Devices that count by configuration check; derived. Lists read these three numbers of each check, which
-- counting the results of every device anew would cost each time.
CREATE TABLE configuration_count (
    scid BIGINT NOT NULL, applicable BIGINT NOT NULL, failing BIGINT NOT NULL,
    failing_after BIGINT NOT NULL  -- after exceptions
);
INSERT INTO configuration_count
SELECT r.scid, count(*), count(*) FILTER (NOT r.compliant), count(*) FILTER (NOT r.compliant AND x.device IS NULL)
FROM main.configuration_result r JOIN main.device_exposure e ON e.device = r.device AND e.counted
LEFT JOIN (SELECT DISTINCT subject, device FROM main.exempt) x ON x.subject = 'sca-_-scid-' || r.scid AND x.device = r.device
WHERE r.applicable GROUP BY r.scid;
