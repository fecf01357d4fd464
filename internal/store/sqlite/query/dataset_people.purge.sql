DELETE FROM dataset_people
WHERE project = :project
  AND (dataset, number) IN (SELECT dataset, number FROM dataset_versions WHERE project = :project AND state IN ('stale', 'failed'))
