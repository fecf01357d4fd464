UPDATE findings
SET version = :version, title = :title, state = :state, reason = :reason, owner = :owner, due = :due, cause = :cause,
    public = :public, change = :change, measure = :measure, updated_at = :updated_at, state_since = :state_since
WHERE project = :project AND id = :id AND version = :version - 1
