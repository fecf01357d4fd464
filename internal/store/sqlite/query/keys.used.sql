UPDATE keys SET used_at = :used_at WHERE project = :project AND id = :id AND coalesce(used_at, 0) < :used_at
