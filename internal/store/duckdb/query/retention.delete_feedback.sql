DELETE FROM feedback WHERE project = ? AND created < ? AND id IN (SELECT unnest(?::VARCHAR[]))
