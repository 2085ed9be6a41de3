-- One row for each file of knowledge that was loaded.
SELECT f.name AS "FeedName", f.file AS "FileName", nullif(f.data_time, 0) AS "DataTime", nullif(f.loaded_at, 0) AS "LoadedTime",
       f.records AS "Records", f.kept AS "KeptRecords", f.rejected AS "RejectedRecords", f.digest AS "SHA256"
FROM main.feed f
