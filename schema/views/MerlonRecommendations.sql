-- One row for each security recommendation.
SELECT r.id AS "RecommendationId", r.name AS "Title", r.priority AS "Priority", r.vendor AS "SoftwareVendor", r.product AS "SoftwareName",
       CASE WHEN r.scid <> '' THEN 'scid-' || r.scid ELSE '' END AS "ConfigurationId", r.component AS "RelatedComponent", r.category AS "Category",
       r.type AS "RemediationType", r.recommended_version AS "RecommendedVersion", r.platforms AS "OSPlatforms", r.tags AS "Tags",
       r.weaknesses AS "Weaknesses", r.public_exploit AS "IsExploitAvailable", r.known_exploited AS "IsKnownExploited",
       r.active_alert AS "HasActiveAlert", r.status AS "ExceptionState", r.exposed_devices AS "ExposedDevices",
       r.exposed_after AS "ExposedDevicesAfterExceptions", r.total_devices AS "TotalDevices", r.critical_devices AS "CriticalDevices",
       r.exposure_impact AS "ExposureImpact", r.score_impact AS "SecureScoreImpact"
FROM main.recommendation r
