UPDATE reviews SET overdue_at = :at
WHERE project = :project AND id = :id AND closed_at IS NULL AND overdue_at IS NULL
