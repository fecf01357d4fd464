UPDATE dataset_versions
SET state = 'stale', ended_at = :ended_at, ended_by = :ended_by
WHERE project = :project AND dataset = :dataset AND number = :number AND state = 'ready'
