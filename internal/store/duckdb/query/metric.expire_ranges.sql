DELETE FROM metric_ranges WHERE project = ? AND hour < ?
