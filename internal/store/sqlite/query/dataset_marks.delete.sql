DELETE FROM dataset_marks
WHERE project = :project AND (:purpose = '' OR purpose = :purpose) AND feedback IN (SELECT value FROM json_each(:feedback))
