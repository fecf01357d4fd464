SELECT project, purpose, feedback, given, respondent, texts, attachment, marked_by, marked_at
FROM dataset_marks
WHERE project = :project AND feedback IN (SELECT value FROM json_each(:feedback))
ORDER BY feedback, purpose
