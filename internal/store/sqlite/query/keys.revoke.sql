UPDATE keys SET revoked_at = :revoked_at WHERE project = :project AND id = :id
