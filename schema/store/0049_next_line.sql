-- Migration 49. Where to go from software whose support has ended, or soon will: the newest version of the line that follows its own, as
-- of the last evaluation (match/next_line.h), and why. A folder of an older release has none until it is evaluated anew.
CREATE TABLE next_line (
    software BIGINT NOT NULL,
    version VARCHAR NOT NULL,
    reason VARCHAR NOT NULL
);
