SELECT f.rowid, f.project, f.id, f.response_id, f.trace_id, f.span_id, f.trace_hash,
       f.vote, f.score_value, f.score_min, f.score_max, f.tags, f.preferred_over, f.has_comment, f.has_correction,
       f.surface, f.trust, f.bound, f.owner, f.respondent, f.created, f.updated, f.series, f.comment, f.correction, f.answer_id
FROM feedback f
WHERE list_contains(?::VARCHAR[], f.project)
  AND f.rowid IN (SELECT rowid FROM feedback WHERE id_hash IN (SELECT unnest(?::UBIGINT[])))
