INSERT INTO slack_apps (project, id, version, signing_secret, bot_token, created_at, updated_at)
VALUES (:project, :id, :version, :signing_secret, :bot_token, :created_at, :updated_at)
ON CONFLICT (project) DO NOTHING
