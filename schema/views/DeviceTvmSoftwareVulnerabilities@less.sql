-- Software x CVE: on how many devices that have the software it is no row of the table: cleared there, or said already.
SELECT software, cve, count(DISTINCT device) AS devices
FROM (SELECT x.software, x.cve, x.device
      FROM main.finding_cleared x
      WHERE EXISTS (SELECT 1 FROM main.installation i WHERE i.device = x.device AND i.software = x.software)
      UNION ALL  -- what another software row of the same identity says already, as in the table
      SELECT a.software, f.cve, a.device
      FROM main.identity y
      JOIN main.identity o ON o.vendor = y.vendor AND o.product = y.product AND o.version = y.version AND o.software < y.software
      JOIN main.finding f ON f.software = o.software AND NOT f.hidden
      JOIN main.installation a ON a.software = y.software
      JOIN main.installation b ON b.software = o.software AND b.device = a.device
      ANTI JOIN main.finding_cleared z ON z.device = b.device AND z.software = o.software AND z.cve = f.cve) l
GROUP BY ALL
