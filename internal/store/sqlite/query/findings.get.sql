SELECT id, project, version, title, state, reason, owner, due, cause, public, change, measure, selection,
       created_at, updated_at, state_since
FROM findings
WHERE project = :project AND id = :id
