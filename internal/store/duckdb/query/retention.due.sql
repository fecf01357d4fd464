SELECT (SELECT count(*) FROM responses WHERE project = ? AND time < ?),
       (SELECT count(*) FROM feedback WHERE project = ? AND created < ?),
       (SELECT count(*) FROM signals WHERE project = ? AND time < ?),
       (SELECT count(DISTINCT hour) FROM (
           SELECT hour FROM rollup_responses WHERE project = ? AND hour < ?
           UNION ALL SELECT hour FROM rollup_signals WHERE project = ? AND hour < ?
           UNION ALL SELECT hour FROM metrics WHERE project = ? AND hour < ?
       ))
