INSERT INTO keys (id, project, kind, scope, name, created_at, expires_at, used_at, revoked_at, hash, token_key)
VALUES (:id, :project, :kind, :scope, :name, :created_at, :expires_at, :used_at, :revoked_at, :hash, :token_key)
