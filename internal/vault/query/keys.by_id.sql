SELECT id, project, owner, wrapped
FROM keys
WHERE project = :project AND id = :id;
