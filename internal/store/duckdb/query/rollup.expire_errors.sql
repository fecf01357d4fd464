DELETE FROM rollup_errors WHERE project = ? AND hour < ?
