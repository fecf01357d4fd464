DELETE FROM rollup_responses WHERE project = ? AND hour < ?
