-- Of whoever asked to be erased, what was given by then.
DELETE FROM dataset_marks
WHERE project = :project
  AND respondent IN (SELECT r.respondent FROM erasure_respondents r JOIN erasures e ON e.id = r.erasure WHERE e.project = :project AND e.id = :id)
  AND given <= (SELECT requested_at FROM erasures WHERE project = :project AND id = :id)
