UPDATE dataset_versions
SET state = 'stale', ended_at = (SELECT requested_at FROM erasures WHERE project = :project AND id = :id), ended_by = 'erased'
WHERE project = :project AND state = 'ready'
  AND begun_at <= (SELECT requested_at FROM erasures WHERE project = :project AND id = :id)
  AND (dataset, number) IN (
    SELECT p.dataset, p.number
    FROM dataset_people p
    JOIN erasure_respondents r ON r.respondent = p.respondent
    JOIN erasures e ON e.id = r.erasure
    WHERE p.project = :project AND e.project = :project AND e.id = :id
  )
