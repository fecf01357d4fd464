SELECT id, name, origins, content, tags, forms, commands, attachment_days, redact_patterns, privacy, created_at
FROM projects
WHERE name = :name;
