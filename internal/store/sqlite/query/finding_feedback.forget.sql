DELETE FROM finding_feedback WHERE project = :project AND feedback IN (SELECT value FROM json_each(:feedback))
