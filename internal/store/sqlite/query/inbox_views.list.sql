SELECT id, project, name, query, created_at FROM inbox_views WHERE project = :project ORDER BY name
