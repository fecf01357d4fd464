-- Without a project: Slack calls by the id alone, and this finds the project.
SELECT project, id, version, signing_secret, bot_token, created_at, updated_at
FROM slack_apps
WHERE id = :id
