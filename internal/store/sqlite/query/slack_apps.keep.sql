INSERT INTO slack_apps (project, id, signing_secret, bot_token, created_at, updated_at)
VALUES (:project, :id, :signing_secret, :bot_token, :created_at, :updated_at)
ON CONFLICT (project) DO UPDATE
SET signing_secret = excluded.signing_secret, bot_token = excluded.bot_token, updated_at = excluded.updated_at
