INSERT INTO keys (id, project, owner, under, wrapped)
VALUES (:id, :project, :owner, :under, :wrapped)
ON CONFLICT (project, owner) DO NOTHING
