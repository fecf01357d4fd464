SELECT id, name, origins, content, tags, forms, commands, created_at
FROM projects
WHERE id = :id;
