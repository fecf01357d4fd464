DELETE FROM github_repos
WHERE project = :project
