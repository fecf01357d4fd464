-- In the order of n: the plus keeps SQLite from sorting all keys of the project.
SELECT n, id, project, owner, under, wrapped
FROM keys
WHERE n > :after AND +project = :project AND under = :under AND owner IS NOT NULL
ORDER BY n
LIMIT :limit
