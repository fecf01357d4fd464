DELETE FROM metric_ranges WHERE hour = ?
