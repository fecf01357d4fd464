SELECT created, respondent, answer_hash, series,
       CASE vote WHEN 'up' THEN 1 WHEN 'down' THEN 2 ELSE 0 END
       + CASE WHEN vote IN ('up', 'down') OR score_value IS NOT NULL THEN 4
              WHEN len(tags) > 0 OR preferred_over <> '' OR has_comment OR has_correction THEN 0 ELSE 8 END
       + CASE WHEN bound THEN 16 ELSE 0 END
       + CASE trust WHEN 'token' THEN 32 WHEN 'public' THEN 64 ELSE 0 END,
       surface, CASE WHEN len(tags) > 0 THEN tags END
FROM feedback
WHERE project = ? AND created >= ? AND created < ?
