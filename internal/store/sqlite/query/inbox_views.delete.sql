DELETE FROM inbox_views WHERE project = :project AND id = :id
