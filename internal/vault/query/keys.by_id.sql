SELECT id, project, owner, under, wrapped
FROM keys
WHERE project = :project AND id = :id
