-- Migration 37. How bodies of statements are packed is said, and no longer tried out for each row group: that was half of the work of
-- packing. Most bodies are repeated ("before 1.2-3, fixed"), so that trying chose this one (docs/performance-matching.md). The engine
-- cannot change it for a table that is there.
CREATE TABLE statement_packed (advisory BIGINT NOT NULL, subject INTEGER NOT NULL, body VARCHAR NOT NULL USING COMPRESSION dictionary);
INSERT INTO statement_packed SELECT advisory, subject, body FROM statement ORDER BY rowid;
DROP TABLE statement;
ALTER TABLE statement_packed RENAME TO statement;
