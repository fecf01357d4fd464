UPDATE erasures
SET done_at = :done_at, receipt = :receipt
WHERE project = :project AND id = :id AND done_at IS NULL
