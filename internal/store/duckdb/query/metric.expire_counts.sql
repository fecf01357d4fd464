DELETE FROM metrics WHERE project = ? AND hour < ?
