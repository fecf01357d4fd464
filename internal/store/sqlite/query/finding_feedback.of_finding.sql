SELECT finding, feedback, taken
FROM finding_feedback
WHERE project = :project AND finding = :id
ORDER BY event DESC, feedback
