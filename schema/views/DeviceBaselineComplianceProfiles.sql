-- One row for each baseline profile.
SELECT p.id AS "ProfileId", p.name AS "ProfileName", p.description AS "ProfileDescription", CAST(to_json([b.os]) AS VARCHAR) AS "OSPlatform",
       'Any' AS "OSVersion", b.name AS "BaseBenchmark", b.version AS "BenchmarkVersion", 'Level ' || p.level AS "BenchmarkProfileLevel",
       p.active AS "Status", p.created_by AS "CreatedBy", nullif(p.created, 0) AS "CreatedOn", p.changed_by AS "LastUpdatedBy", nullif(p.changed, 0) AS "LastUpdatedOn"
FROM main.baseline_profile p JOIN main.baseline_benchmark b ON b.id = p.benchmark
