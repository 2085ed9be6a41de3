-- Migration 22. Names of which something is stated have numbers, by which statements refer to them (docs/decisions/016); what
-- packages' ecosystems reach to is kept beside them. finding.evidence holds the grounds of a finding from here on
-- (match/evidence.h); rows written before hold the steps themselves, and stay readable.
CREATE TABLE subject (number INTEGER NOT NULL, name VARCHAR NOT NULL);  -- name: subject_key()
INSERT INTO subject SELECT row_number() OVER (ORDER BY subject), subject FROM (SELECT DISTINCT subject FROM affected);
-- Statements of advisories: `body` is the rest of an Affected as JSON (store/knowledge.h).
CREATE TABLE statement (advisory BIGINT NOT NULL, subject INTEGER NOT NULL, body VARCHAR NOT NULL);
INSERT INTO statement SELECT f.advisory, s.number, f.body FROM affected f JOIN subject s ON s.name = f.subject ORDER BY f.rowid;
DROP TABLE affected;
-- newest: time of the newest record; year: of the newest CVE of records without times.
CREATE TABLE ecosystem (name VARCHAR NOT NULL, newest BIGINT NOT NULL, year INTEGER NOT NULL);  -- name: "pkg:Debian:12"
INSERT INTO ecosystem SELECT split_part(s.name, '/', 1), max(greatest(a.modified, a.published)),
    coalesce(max(CASE WHEN a.published = 0 THEN try_cast(regexp_extract(a.cves, '.*CVE-([0-9]{4})-', 1) AS INTEGER) END), 0)
    FROM statement f JOIN subject s ON s.number = f.subject JOIN advisory a ON a.number = f.advisory WHERE starts_with(s.name, 'pkg:') GROUP BY 1;
