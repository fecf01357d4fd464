INSERT INTO project_keys (id, project, state, root, made, wrapped)
VALUES (:id, :project, :state, :root, :made, :wrapped)
