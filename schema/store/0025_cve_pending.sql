-- CVEs of which a load changed something since table cve was last made: written with the load, taken away when their rows are
-- made anew. '' stands for all.
CREATE TABLE cve_pending (cve VARCHAR NOT NULL);
INSERT INTO cve_pending VALUES ('');
