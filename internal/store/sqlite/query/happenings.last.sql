SELECT coalesce(max(position), 0) FROM happenings WHERE project = :project AND history = :history
