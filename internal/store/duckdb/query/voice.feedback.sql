SELECT f.created, f.respondent, f.answer_hash, f.series, f.surface, f.vote,
       f.vote IN ('up', 'down') OR f.score_value IS NOT NULL, f.bound, f.tags
FROM feedback f
WHERE f.project = ? AND f.created >= ? AND f.created < ?
  AND (f.vote IN ('up', 'down') OR f.score_value IS NOT NULL OR len(f.tags) > 0 OR f.preferred_over <> ''
       OR f.has_comment OR f.has_correction)
ORDER BY f.created, f.id
