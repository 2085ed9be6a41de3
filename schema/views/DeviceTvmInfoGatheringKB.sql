-- The fields of DeviceTvmInfoGathering.
SELECT v.id AS "IgId", v.field AS "FieldName", v.doc AS "Description", v.categories AS "Categories", v.shape AS "DataStructure"
FROM (VALUES
    ('merlon-1', 'PendingRestart', 'Whether the device waits for a restart.', '["Restart"]', 'Boolean'),
    ('merlon-2', 'PendingRestartReasons', 'Why: component_servicing, windows_update, file_renames, kernel, packages.', '["Restart"]', 'Array of strings'),
    ('merlon-3', 'PendingRestartSince', 'Since when, where a sensor tells.', '["Restart"]', 'DateTime'),
    ('merlon-4', 'NetworkShares', 'Folders that the device shares: Name, Path, Rights, OfflineAccess, AccessBasedEnumeration, EveryoneCanWrite, IsRootFolder.', '["Shares"]', 'Array of objects')) v(id, field, doc, categories, shape)
