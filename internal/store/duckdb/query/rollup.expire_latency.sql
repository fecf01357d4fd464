DELETE FROM rollup_latency WHERE project = ? AND hour < ?
