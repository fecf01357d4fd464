-- Of every project, in the order they were made.
SELECT n, id, project, owner, wrapped
FROM keys_1
WHERE n > :after AND NOT (project = '' AND owner IS 'vault')
ORDER BY n
LIMIT :limit
