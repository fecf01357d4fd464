SELECT id, name, origins, content, tags, commands, created_at
FROM projects
WHERE id = :id;
