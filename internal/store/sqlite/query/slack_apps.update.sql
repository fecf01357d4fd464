UPDATE slack_apps
SET version = :version, signing_secret = :signing_secret, bot_token = :bot_token, updated_at = :updated_at
WHERE project = :project AND id = :id AND version = :version - 1
