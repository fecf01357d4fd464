SELECT id, name, origins, content, tags, forms, commands, created_at
FROM projects
ORDER BY name;
