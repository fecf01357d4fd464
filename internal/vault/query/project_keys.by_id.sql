SELECT id, project, state, root, made, wrapped
FROM project_keys
WHERE project = :project AND id = :id
