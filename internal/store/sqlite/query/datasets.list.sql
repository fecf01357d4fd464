SELECT id, project, name, purpose, selection, person_cap, license, created_at, created_by
FROM datasets
WHERE project = :project AND (:id = '' OR id = :id)
ORDER BY created_at DESC, id DESC
