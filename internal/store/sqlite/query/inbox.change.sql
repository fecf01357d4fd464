UPDATE inbox
SET version = :version, state = :state, state_since = :state_since, assignee = :assignee, cause = :cause, finding = :finding, locked_until = :until
WHERE project = :project AND feedback = :feedback
