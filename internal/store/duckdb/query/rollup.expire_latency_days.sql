DELETE FROM rollup_latency_days WHERE project = ? AND day <= ?::INTEGER // 24
