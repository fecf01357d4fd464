-- Of the named, what is open and joins a finding by itself. In this order: the
-- planner takes the named for too many to look up one by one.
SELECT i.feedback
FROM json_each(:ids) n
CROSS JOIN inbox i ON i.project = :project AND i.feedback = n.value
CROSS JOIN inbox_kinds k ON k.id = i.kind AND k.project = :project
WHERE i.state = 'open'
  AND i.created_at >= :since
  AND (:until = 0 OR i.created_at < :until)
  AND NOT EXISTS (SELECT 1 FROM finding_feedback t WHERE t.finding = :finding AND t.feedback = i.feedback AND t.project = :project AND t.taken = 1)
  AND NOT EXISTS (
    SELECT 1
    FROM json_each(:filter) d
    WHERE NOT EXISTS (
      SELECT 1
      FROM json_each(d.value) v
      WHERE v.value = '' AND json_type(k.facets, '$.' || d.key) IS NULL
         OR EXISTS (SELECT 1 FROM json_each(k.facets, '$.' || d.key) f WHERE f.value = v.value)))
LIMIT :limit
