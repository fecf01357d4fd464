SELECT count(*),
       coalesce(sum(i.severity = :unsafe), 0),
       coalesce(sum(iif(i.severity = :unsafe, i.opened_at < :unsafe_before, i.severity > :words AND i.opened_at < :bad_before)), 0),
       coalesce(sum(i.assignee = :me AND :me <> ''), 0)
FROM inbox i
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
