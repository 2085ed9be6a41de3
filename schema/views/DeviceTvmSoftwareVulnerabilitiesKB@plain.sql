-- All rows of the table without the software that has each, for which every finding is looked at.
SELECT c.id AS "CveId", c.cvss AS "CvssScore", c.cvss_vector AS "CvssVector", 'Supported' AS "CveSupportability",
       c.exploit_public OR c.known_exploited AS "IsExploitAvailable", c.severity AS "VulnerabilitySeverityLevel",
       nullif(c.modified, 0) AS "LastModifiedTime", nullif(c.published, 0) AS "PublishedDate",
       c.description AS "VulnerabilityDescription", c.epss AS "EpssScore"
FROM main.cve c
WHERE c.state <> 'rejected'
