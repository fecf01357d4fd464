SELECT project, purpose, feedback, given, respondent, texts, attachment, marked_by, marked_at
FROM dataset_marks
WHERE project = :project AND purpose = :purpose
  AND (:after_id = '' OR (given, feedback) < (:after_time, :after_id))
ORDER BY given DESC, feedback DESC
LIMIT :limit
