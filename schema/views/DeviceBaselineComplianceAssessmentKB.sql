-- One row for each setting of a benchmark.
SELECT s.number AS "ConfigurationId", c.name AS "ConfigurationName", c.description AS "ConfigurationDescription",
       c.risk AS "ConfigurationRationale", s.section AS "ConfigurationCategory",
       CASE WHEN s.level = 1 THEN '["Level 1","Level 2"]' ELSE '["Level 2"]' END AS "BenchmarkProfileLevels",
       '' AS "CCEReference", c.remediation AS "RemediationOptions", b.name AS "ConfigurationBenchmark",
       s.source AS "Source", s.recommended AS "RecommendedValue"
FROM main.baseline_setting s JOIN main.baseline_benchmark b ON b.id = s.benchmark JOIN main.configuration_check c ON c.scid = s.scid
