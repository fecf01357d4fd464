SELECT seq, project, feedback_id, received, time, vote, scored, score_value, score_min, score_max, tags, preferred_over,
       has_comment, has_correction, surface, trust, respondent
FROM feedback_edits
WHERE project = ?
  AND feedback_id IN (SELECT unnest(?::VARCHAR[]))
QUALIFY row_number() OVER (PARTITION BY feedback_id ORDER BY seq) <= ?
ORDER BY seq
