SELECT id, project, version, title, state, reason, owner, due, cause, public, change, measure, selection,
       created_at, updated_at, state_since
FROM findings
WHERE project = :project
  AND (:states = '[]' OR state IN (SELECT value FROM json_each(:states)))
  AND (:owner = '' OR owner = :owner)
  AND (NOT :told OR public <> '')
  AND (:after_id = '' OR (created_at, id) < (:after_time, :after_id))
ORDER BY created_at DESC, id DESC
LIMIT :limit
