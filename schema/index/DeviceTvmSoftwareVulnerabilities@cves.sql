-- CVEs and how many devices have each. Where a version that has the CVE has several software rows, the database counts.
WITH several AS MATERIALIZED (
    SELECT DISTINCT f.cve FROM main.finding f
    JOIN (SELECT software FROM main.identity QUALIFY count(*) OVER (PARTITION BY vendor, product, version) > 1) y ON y.software = f.software
    WHERE NOT f.hidden)
SELECT n.cve AS "CveId", coalesce(c.severity, '') AS "VulnerabilitySeverityLevel", n.devices AS weight
FROM (SELECT cve, fleet_devices_of_cve(cve) AS devices
      FROM (SELECT DISTINCT cve FROM main.finding WHERE NOT hidden) f ANTI JOIN several x ON x.cve = f.cve
      UNION ALL
      SELECT f.cve, count(DISTINCT i.device)
      FROM main.installation i JOIN main.finding f ON f.software = i.software AND NOT f.hidden
      SEMI JOIN several x ON x.cve = f.cve
      ANTI JOIN main.finding_cleared z ON z.device = i.device AND z.software = i.software AND z.cve = f.cve
      GROUP BY f.cve) n
LEFT JOIN main.cve c ON c.id = n.cve
WHERE n.devices > 0
