UPDATE dataset_versions
SET state = :state, built_at = :built_at, built_by = :built_by, redaction = :redaction, counts = :counts, files = :files
WHERE project = :project AND dataset = :dataset AND number = :number AND state = 'building'
