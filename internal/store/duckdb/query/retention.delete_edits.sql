DELETE FROM feedback_edits WHERE project = ? AND feedback_id IN (SELECT unnest(?::VARCHAR[]))
