UPDATE dataset_versions
SET state = 'stale', ended_at = :ended_at, ended_by = :ended_by
WHERE project = :project AND state = 'ready'
  AND (:purpose = '' OR dataset IN (SELECT id FROM datasets WHERE project = :project AND purpose = :purpose))
  AND (dataset, number) IN (
    SELECT dataset, number FROM dataset_items
    WHERE project = :project AND feedback IN (SELECT value FROM json_each(:feedback))
  )
