SELECT id, name, origins, content, tags, forms, commands, attachment_days, attachment_key, attachment_key_since, redact_patterns, privacy, inbox, tracker, created_at
FROM projects
WHERE id = :id
