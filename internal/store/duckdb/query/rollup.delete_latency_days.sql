DELETE FROM rollup_latency_days WHERE day = ?::INTEGER // 24
