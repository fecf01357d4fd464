UPDATE issues
SET tried_at = :tried_at
WHERE project = :project AND finding = :finding AND number = 0
