SELECT project, id, version, signing_secret, bot_token, created_at, updated_at
FROM slack_apps
WHERE project = :project
