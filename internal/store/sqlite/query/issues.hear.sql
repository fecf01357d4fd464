UPDATE issues
SET name = :name, url = :url, state = :state, reason = :reason, since = :since, changed_at = :changed_at, seen_at = :seen_at
WHERE project = :project AND finding = :finding
