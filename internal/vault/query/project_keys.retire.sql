UPDATE project_keys
SET state = 'retired'
WHERE project = :project AND state = 'current'
