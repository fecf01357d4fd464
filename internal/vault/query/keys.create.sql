INSERT INTO keys (id, project, owner, wrapped)
VALUES (:id, :project, :owner, :wrapped)
ON CONFLICT (project, owner) DO NOTHING;
