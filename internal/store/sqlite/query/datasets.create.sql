INSERT INTO datasets (id, project, name, purpose, selection, person_cap, license, created_at, created_by)
SELECT :id, :project, :name, :purpose, :selection, :person_cap, :license, :created_at, :created_by
WHERE (SELECT count(*) FROM datasets WHERE project = :project) < :most
