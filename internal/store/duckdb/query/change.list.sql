SELECT project, id, name, value, time, has_note, note
FROM changes
WHERE project = ?
  AND time >= ?
  AND time < ?
ORDER BY time DESC, id DESC
LIMIT ?
