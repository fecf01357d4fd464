-- The root key wraps those of every project.
SELECT id, project, state, root, made, wrapped
FROM project_keys
WHERE id IS NOT NULL
ORDER BY project, n
