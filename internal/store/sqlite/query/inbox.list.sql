-- Those first that go first, but for what somebody else has locked where :free asks for that.
SELECT i.id, i.project, i.feedback, i.version, i.state, i.severity, a.people, i.opened_at, i.state_since, i.assignee, i.cause, i.finding,
       i.respondent, i.words, i.created_at, i.answer, i.lock_kind, i.lock_id, i.lock_name, i.locked_until
FROM inbox i
JOIN inbox_kinds a ON a.id = i.alike
WHERE i.project = :project
  AND i.state = :state
  AND (:severity = '[]' OR i.severity IN (SELECT value FROM json_each(:severity)))
  AND (:assignee = '' OR i.assignee = iif(:assignee = '-', '', :assignee))
  AND (:cause = '' OR i.cause = :cause)
  AND (:finding = '' OR i.finding = :finding)
  AND (:by = 0 OR i.opened_at <= :by)
  AND (NOT :overdue OR iif(i.severity = :unsafe, i.opened_at < :unsafe_before, i.severity > :words AND i.opened_at < :bad_before))
  AND (:filter = '{}' OR i.kind IN (
    SELECT k.id
    FROM inbox_kinds k
    WHERE k.project = :project
      AND NOT EXISTS (
        SELECT 1
        FROM json_each(:filter) d
        WHERE NOT EXISTS (
          SELECT 1
          FROM json_each(d.value) v
          WHERE v.value = '' AND json_type(k.facets, '$.' || d.key) IS NULL
             OR EXISTS (SELECT 1 FROM json_each(k.facets, '$.' || d.key) f WHERE f.value = v.value)))))
  AND (:after_id = '' OR (i.rank, i.feedback) < (:after_rank, :after_id))
  AND (NOT :free OR i.locked_until <= :now OR (i.lock_kind = :lock_kind AND i.lock_id = :lock_id))
ORDER BY i.rank DESC, i.feedback DESC
LIMIT :limit
