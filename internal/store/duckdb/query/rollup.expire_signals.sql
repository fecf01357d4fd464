DELETE FROM rollup_signals WHERE project = ? AND hour < ?
