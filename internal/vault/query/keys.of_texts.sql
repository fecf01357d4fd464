SELECT n, owner
FROM keys
WHERE project = :project
  AND n > :after
  AND (owner GLOB 'respondent:*' OR owner GLOB 'day:*')
ORDER BY n
LIMIT :limit
