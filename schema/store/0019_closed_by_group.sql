-- Migration 19. Findings that devices got rid of are counted by device group, so that whoever sees some groups only sees theirs.
ALTER TABLE closed_finding ADD COLUMN device_group VARCHAR;  -- NULL: closed before groups were written down
