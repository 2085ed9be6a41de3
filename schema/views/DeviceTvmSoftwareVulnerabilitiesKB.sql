-- One row for each known CVE, in the fleet or not, with the software of the fleet that has it.
SELECT c.id AS "CveId", c.cvss AS "CvssScore", c.cvss_vector AS "CvssVector", 'Supported' AS "CveSupportability",
       c.exploit_public OR c.known_exploited AS "IsExploitAvailable", c.severity AS "VulnerabilitySeverityLevel",
       nullif(c.modified, 0) AS "LastModifiedTime", nullif(c.published, 0) AS "PublishedDate",
       c.description AS "VulnerabilityDescription", coalesce(a.software, '[]') AS "AffectedSoftware", c.epss AS "EpssScore"
FROM main.cve c
LEFT JOIN (SELECT f.cve, CAST(to_json(list(DISTINCT y.vendor || ':' || y.product ORDER BY y.vendor || ':' || y.product)) AS VARCHAR) AS software
           FROM main.finding f JOIN main.identity y ON y.software = f.software
           WHERE NOT f.hidden GROUP BY f.cve) a ON a.cve = c.id
WHERE c.state <> 'rejected'
