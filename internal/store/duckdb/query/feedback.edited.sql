SELECT project, feedback_id, seq, coalesce(time, received)
FROM feedback_edits
WHERE seq > ?
ORDER BY seq
LIMIT ?
