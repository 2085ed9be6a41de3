-- Migration 46. What software past its end of support comes to of the exposure score, beside its CVEs (docs/exposure-score.md, E12): one row
-- once the first publication has written it.
CREATE TABLE unsupported_exposure (
    devices BIGINT NOT NULL,  -- that have any of it, after exceptions
    part DOUBLE NOT NULL      -- points
);
