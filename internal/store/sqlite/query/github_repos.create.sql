INSERT INTO github_repos (project, id, version, api, repository, name, labels, token, webhook_secret, token_ends_at, heard_at,
                          created_at, updated_at)
VALUES (:project, :id, :version, :api, :repository, :name, :labels, :token, :webhook_secret, :token_ends_at, 0, :created_at, :updated_at)
ON CONFLICT (project) DO NOTHING
