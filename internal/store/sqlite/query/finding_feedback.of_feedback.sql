SELECT finding, feedback, taken
FROM finding_feedback
WHERE project = :project AND feedback = :feedback
ORDER BY finding
