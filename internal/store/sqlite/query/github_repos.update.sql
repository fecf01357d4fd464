UPDATE github_repos
SET version = :version, heard_at = CASE WHEN api = :api AND repository = :repository THEN heard_at ELSE 0 END,
    api = :api, repository = :repository, name = :name, labels = :labels, token = :token, webhook_secret = :webhook_secret,
    token_ends_at = :token_ends_at, updated_at = :updated_at
WHERE project = :project AND id = :id AND version = :version - 1
