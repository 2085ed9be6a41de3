-- One row for each known CVE, in the fleet or not.
SELECT c.id AS "CveId", c.cvss AS "CvssScore", c.cvss_vector AS "CvssVector", 'Supported' AS "CveSupportability",
       c.exploit_public OR c.known_exploited AS "IsExploitAvailable", c.severity AS "VulnerabilitySeverityLevel",
       nullif(c.modified, 0) AS "LastModifiedTime", nullif(c.published, 0) AS "PublishedDate",
       c.description AS "VulnerabilityDescription", '[]' AS "AffectedSoftware", c.epss AS "EpssScore"
FROM main.cve c
WHERE c.state <> 'rejected'
