SELECT project, id, signing_secret, bot_token, created_at, updated_at
FROM slack_apps
WHERE project = :project
