-- One row for each configuration check.
SELECT 'scid-' || c.scid AS "ConfigurationId", c.weight AS "ConfigurationImpact", c.name AS "ConfigurationName",
       c.description AS "ConfigurationDescription", c.risk AS "RiskDescription", c.category AS "ConfigurationCategory",
       c.subcategory AS "ConfigurationSubcategory", c.sources AS "ConfigurationBenchmarks",
       CASE WHEN c.user_impact THEN '["UserImpact"]' ELSE '[]' END AS "Tags", c.remediation AS "RemediationOptions",
       c.techniques AS "RelatedMitreTechniques", '[]' AS "RelatedMitreTactics"
FROM main.configuration_check c
