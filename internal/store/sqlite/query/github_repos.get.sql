SELECT project, id, version, api, repository, name, labels, token, webhook_secret, token_ends_at, heard_at, created_at, updated_at
FROM github_repos
WHERE project = :project
