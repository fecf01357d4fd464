UPDATE issues
SET number = :number, tried_at = 0
WHERE project = :project AND finding = :finding AND number = 0 AND api = :api AND repository = :repository
