SELECT finding, feedback, taken
FROM finding_feedback
WHERE project = :project AND feedback IN (SELECT value FROM json_each(:ids))
ORDER BY finding, feedback
