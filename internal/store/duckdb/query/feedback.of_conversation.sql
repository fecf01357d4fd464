WITH it AS (
  SELECT conversation_id, time
  FROM responses
  WHERE project = ? AND id_hash = ? AND id = ? AND conversation_id <> ''
)
SELECT f.rowid, f.project, f.id, f.response_id, f.trace_id, f.span_id, f.trace_hash,
       f.vote, f.score_value, f.score_min, f.score_max, f.tags, f.preferred_over, f.has_comment, f.has_correction,
       f.surface, f.trust, f.bound, f.owner, f.respondent, f.created, f.updated, f.series, f.comment, f.correction, f.answer_id
FROM feedback f
WHERE f.project = ?
  AND f.bound
  AND f.target_hash <> ? AND f.answer_hash <> ?
  AND f.answer_hash IN (
    SELECT r.id_hash
    FROM responses r, it
    WHERE r.project = ?
      AND r.conversation_id = it.conversation_id
      AND r.time BETWEEN it.time - ?::BIGINT AND it.time + ?::BIGINT
  )
ORDER BY f.created DESC, f.id DESC
LIMIT ?
