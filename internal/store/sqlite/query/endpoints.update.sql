UPDATE endpoints
SET version = :version, name = :name, host = :host, target = coalesce(:target, target), events = :events, state = :state, reason = :reason,
    failing_since = CASE WHEN :resume THEN 0 ELSE failing_since END, rest_until = CASE WHEN :resume THEN 0 ELSE rest_until END,
    old_secret_until = :old_secret_until, updated_at = :updated_at
WHERE project = :project AND id = :id AND version = :version - 1
