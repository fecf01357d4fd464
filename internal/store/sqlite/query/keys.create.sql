INSERT INTO keys (id, project, kind, name, created_at, revoked_at, hash, token_key)
VALUES (:id, :project, :kind, :name, :created_at, :revoked_at, :hash, :token_key);
