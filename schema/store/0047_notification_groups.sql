-- Migration 47. A rule of notifications may be about some device groups: JSON array of names, "Unassigned" for no group; empty: all.
ALTER TABLE notification_rule ADD COLUMN device_groups VARCHAR DEFAULT '[]';
