-- What is open and joins a finding by itself.
SELECT i.feedback
FROM inbox i
WHERE i.project = :project
  AND i.state = 'open'
  AND i.created_at >= :since
  AND (:until = 0 OR i.created_at < :until)
  AND NOT EXISTS (SELECT 1 FROM finding_feedback t WHERE t.finding = :finding AND t.feedback = i.feedback AND t.project = :project AND t.taken = 1)
  AND i.kind IN (
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
             OR EXISTS (SELECT 1 FROM json_each(k.facets, '$.' || d.key) f WHERE f.value = v.value))))
LIMIT :limit
