DELETE FROM feedback_edits
WHERE project = ?
  AND (respondent = ? AND received <= ?
       OR feedback_id IN (SELECT id FROM feedback WHERE project = ? AND respondent = ? AND created <= ?))
