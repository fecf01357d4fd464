UPDATE inbox
SET lock_kind = :kind, lock_id = :id, lock_name = :name, locked_until = :until
WHERE project = :project AND feedback = :feedback
