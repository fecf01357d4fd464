SELECT min(hour)
FROM (
    SELECT min(hour) AS hour FROM rollup_responses WHERE project = ? AND hour < ?
    UNION ALL SELECT min(hour) FROM rollup_latency WHERE project = ? AND hour < ?
    UNION ALL SELECT min(hour) FROM rollup_errors WHERE project = ? AND hour < ?
    UNION ALL SELECT min(hour) FROM rollup_signals WHERE project = ? AND hour < ?
    UNION ALL SELECT min(hour) FROM metrics WHERE project = ? AND hour < ?
    UNION ALL SELECT min(hour) FROM metric_ranges WHERE project = ? AND hour < ?
)
