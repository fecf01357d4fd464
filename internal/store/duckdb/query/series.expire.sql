-- What nothing is counted under any more.
DELETE FROM series
WHERE project = ?
  AND id NOT IN (
    SELECT series FROM responses WHERE project = ?
    UNION SELECT series FROM feedback WHERE project = ?
    UNION SELECT series FROM signals WHERE project = ?
    UNION SELECT series FROM rollup_responses WHERE project = ?
    UNION SELECT series FROM rollup_latency WHERE project = ?
    UNION SELECT series FROM rollup_errors WHERE project = ?
    UNION SELECT series FROM rollup_signals WHERE project = ?
    UNION SELECT series FROM metrics WHERE project = ?
    UNION SELECT series FROM metric_ranges WHERE project = ?
  )
