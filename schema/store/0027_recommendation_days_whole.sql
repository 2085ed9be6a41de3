-- Migration 27. What a recommendation said on a day, so that recommendations can be read as of a time: its whole row of the last
-- publication of that day, without the words of the description. Null: the day was written down before this migration.
ALTER TABLE recommendation_day ADD COLUMN kind VARCHAR;
ALTER TABLE recommendation_day ADD COLUMN priority BIGINT;
ALTER TABLE recommendation_day ADD COLUMN vendor VARCHAR;
ALTER TABLE recommendation_day ADD COLUMN product VARCHAR;
ALTER TABLE recommendation_day ADD COLUMN scid VARCHAR;
ALTER TABLE recommendation_day ADD COLUMN name VARCHAR;
ALTER TABLE recommendation_day ADD COLUMN component VARCHAR;
ALTER TABLE recommendation_day ADD COLUMN category VARCHAR;
ALTER TABLE recommendation_day ADD COLUMN subcategory VARCHAR;
ALTER TABLE recommendation_day ADD COLUMN platforms VARCHAR;
ALTER TABLE recommendation_day ADD COLUMN type VARCHAR;
ALTER TABLE recommendation_day ADD COLUMN recommended_version VARCHAR;
ALTER TABLE recommendation_day ADD COLUMN weaknesses BIGINT;
ALTER TABLE recommendation_day ADD COLUMN severity_score DOUBLE;
ALTER TABLE recommendation_day ADD COLUMN public_exploit BOOLEAN;
ALTER TABLE recommendation_day ADD COLUMN known_exploited BOOLEAN;
ALTER TABLE recommendation_day ADD COLUMN active_alert BOOLEAN;
ALTER TABLE recommendation_day ADD COLUMN tags VARCHAR;
ALTER TABLE recommendation_day ADD COLUMN status VARCHAR;
ALTER TABLE recommendation_day ADD COLUMN critical_devices BIGINT;
ALTER TABLE recommendation_day ADD COLUMN quiet_devices BIGINT;
ALTER TABLE recommendation_day ADD COLUMN exposure_impact DOUBLE;
ALTER TABLE recommendation_day ADD COLUMN score_impact DOUBLE;
ALTER TABLE recommendation_day ADD COLUMN exposure_impact_after DOUBLE;
ALTER TABLE recommendation_day ADD COLUMN score_impact_after DOUBLE;
