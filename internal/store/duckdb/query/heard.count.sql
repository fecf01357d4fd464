SELECT count(*) FROM feedback WHERE project = ? AND created >= ? AND created < ?
