SELECT id, name, origins, content, tags, forms, commands, attachment_days, created_at
FROM projects
WHERE name = :name;
