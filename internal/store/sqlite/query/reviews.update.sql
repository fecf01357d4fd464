UPDATE reviews
SET version = :version, state = :state, owner = :owner, participants = :participants, texts = :texts, earlier = :earlier,
    updated_at = :updated_at, closed_at = :closed_at
WHERE project = :project AND id = :id AND version = :version - 1 AND closed_at IS NULL
