-- Percentiles by the nearest rank: the first bucket up to which there are
-- enough values.
WITH counted AS (
    SELECT hour, series, metric, bucket, n
    FROM rollup_latency
    WHERE project = ? AND hour >= ? AND hour < ?
{{- if .Days}} AND (hour < ? OR hour >= ?)
    UNION ALL
    SELECT day * 24, series, metric, bucket, n
    FROM rollup_latency_days
    WHERE project = ? AND day >= ? AND day < ?
{{- end}}
{{- if .Edges}}
    UNION ALL
    SELECT time // 3600000000, series, m.metric, CASE m.metric WHEN 0 THEN duration_bucket ELSE ttft_bucket END, 1
    FROM responses, (VALUES (0), (1)) m(metric)
    WHERE project = ? AND time >= ? AND time < ? AND (time < ? OR time >= ?)
      AND CASE m.metric WHEN 0 THEN duration_bucket ELSE ttft_bucket END IS NOT NULL
{{- end}}
), named AS (
    -- Numbers are grouped; names come in when there are few rows left.
    SELECT id, keys, (dense_rank() OVER (ORDER BY keys))::INTEGER AS grp
    FROM (
        SELECT s.id, [{{range $i, $k := .Keys}}{{if $i}}, {{end}}{{$k}}{{end}}]::VARCHAR[] AS keys
        FROM series s
        WHERE s.project = ? AND {{.Counted}}
{{- range .Where}}
          AND {{.}}
{{- end}}
    )
), histogram AS (
    SELECT ({{.Step}})::INTEGER AS step, grp, metric, bucket, sum(n)::BIGINT AS n
    FROM counted
    JOIN named ON named.id = counted.series
    GROUP BY ALL
    HAVING sum(n) > 0
), ranked AS (
    SELECT step, grp, metric, bucket,
           sum(n) OVER (PARTITION BY step, grp, metric ORDER BY bucket) AS reached,
           sum(n) OVER (PARTITION BY step, grp, metric) AS total
    FROM histogram
), percentiles AS (
    SELECT step, grp, metric,
           min(bucket) FILTER (WHERE reached * 100 >= total * 50) AS p50,
           min(bucket) FILTER (WHERE reached * 100 >= total * 95) AS p95,
           min(bucket) FILTER (WHERE reached * 100 >= total * 99) AS p99
    FROM ranked
    GROUP BY ALL
)
SELECT step, {{range $i, $k := .Keys}}keys[{{$i}} + 1], {{end}}metric, p50, p95, p99
FROM percentiles
JOIN (SELECT DISTINCT grp, keys FROM named) USING (grp)
