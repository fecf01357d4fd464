SELECT project, feedback
FROM inbox INDEXED BY inbox_unbound
WHERE bound = 0 AND state = 'open'
ORDER BY created_at DESC
LIMIT :limit
