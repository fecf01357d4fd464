WITH new AS (
    SELECT seq, project, feedback_id, received, time, vote, scored, score_value, score_min, score_max, tags, preferred_over,
           has_comment, has_correction, surface, trust, respondent
    FROM feedback_edits
    WHERE project = $1
      AND seq > $2
    ORDER BY seq
    LIMIT $3
), firsts AS (
    SELECT feedback_id, min(seq) AS seq
    FROM feedback_edits
    WHERE project = $1
      AND feedback_id IN (SELECT feedback_id FROM new)
    GROUP BY feedback_id
)
SELECT new.*, new.seq = firsts.seq
FROM new
JOIN firsts USING (feedback_id)
ORDER BY new.seq
