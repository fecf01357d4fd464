-- A version that is not served needs no manifest.
DELETE FROM dataset_items
WHERE project = :project
  AND (dataset, number) IN (SELECT dataset, number FROM dataset_versions WHERE project = :project AND state IN ('stale', 'failed'))
