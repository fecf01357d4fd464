INSERT INTO inbox_views (id, project, name, query, created_at)
SELECT :id, :project, :name, :query, :created_at
WHERE (SELECT count(*) FROM inbox_views WHERE project = :project) < :most
