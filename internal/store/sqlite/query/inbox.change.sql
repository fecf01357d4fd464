-- Who changed it lets go of it.
UPDATE inbox
SET version = :version, state = :state, state_since = :state_since, assignee = :assignee, cause = :cause, finding = :finding, locked_until = 0
WHERE project = :project AND feedback = :feedback
