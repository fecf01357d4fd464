SELECT id FROM feedback WHERE project = ? AND created < ? ORDER BY created, id LIMIT ?
