-- Migration 18. How many devices each recommendation was about, day by day: the last publication of each day; derived, history.
CREATE TABLE recommendation_day (
    recommendation VARCHAR NOT NULL, day BIGINT NOT NULL,  -- day: its beginning
    exposed_devices BIGINT NOT NULL, exposed_after BIGINT NOT NULL, total_devices BIGINT NOT NULL
);
