-- Whom a publishable key names is a claim that nothing proves: nobody is named.
SELECT f.created, CASE WHEN f.trust = 'public' THEN NULL ELSE f.respondent END, f.answer_hash, f.series, f.surface, f.vote,
       f.vote IN ('up', 'down') OR f.score_value IS NOT NULL, f.bound, f.tags
FROM feedback f
WHERE f.project = ? AND f.created >= ? AND f.created < ?
  AND (f.vote IN ('up', 'down') OR f.score_value IS NOT NULL OR len(f.tags) > 0 OR f.preferred_over <> ''
       OR f.has_comment OR f.has_correction)
ORDER BY f.created, f.id
