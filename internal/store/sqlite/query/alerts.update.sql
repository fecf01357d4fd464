UPDATE alerts
SET version = :version, name = :name, rule = :rule, snoozed_until = :snoozed_until, updated_at = :updated_at, ended_at = :ended_at
WHERE project = :project AND id = :id AND version = :version - 1 AND ended_at = 0
