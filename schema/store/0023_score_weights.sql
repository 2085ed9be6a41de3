-- Migration 23. What a score weighs is kept with it: the score of several groups is the mean of theirs by weight (E7), and what a
-- device comes to of the score (E11) is `weighed` of that, so that its row stays as it is while other devices change.
ALTER TABLE exposure_score ADD COLUMN weight DOUBLE DEFAULT 0;  -- 0: published before weights were kept
UPDATE exposure_score SET weight = (
    SELECT coalesce(sum(CASE d.value WHEN 'High' THEN 2 WHEN 'Low' THEN 0.5 ELSE 1 END), 0)
    FROM device d JOIN device_exposure e ON e.device = d.id AND e.counted)
WHERE device_group = '*' AND time = (SELECT max(time) FROM exposure_score);
ALTER TABLE device_exposure RENAME COLUMN part TO weighed;  -- its weight times its chance
UPDATE device_exposure SET weighed = weighed / 100 * (SELECT coalesce(arg_max(weight, time), 0) FROM exposure_score WHERE device_group = '*');
