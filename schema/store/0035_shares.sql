-- Migration 35. Folders that devices share, as sensors tell (sensors/shares.h): the part of the key between the family and the last
-- point is the share's name. What was not told is null.
CREATE VIEW network_share AS
SELECT device, share, max(value) FILTER (what = 'path') AS path, max(value) FILTER (what = 'remark') AS remark, max(value) FILTER (what = 'rights') AS rights,
       max(value) FILTER (what = 'offline') AS offline, max(value) FILTER (what = 'enumeration') = '1' AS enumeration,
       max(value) FILTER (what = 'everyone_writes') = '1' AS everyone_writes, max(value) FILTER (what = 'at_root') = '1' AS at_root, max(seen) AS seen
FROM (SELECT device, seen, value, regexp_extract(key, '^shares\.(.*)\.[a-z_]+$', 1) AS share, regexp_extract(key, '\.([a-z_]+)$', 1) AS what
      FROM main.setting WHERE starts_with(key, 'shares.'))
WHERE share <> '' GROUP BY device, share;
