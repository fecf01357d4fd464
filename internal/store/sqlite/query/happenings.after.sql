SELECT position, object, event, time
FROM happenings
WHERE project = :project AND history = :history AND position > :after
ORDER BY position
LIMIT :limit
