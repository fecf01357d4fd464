-- Percentiles by the nearest rank: the first bucket up to which there are
-- enough values.
WITH counted AS (
    SELECT hour, series, metric, bucket, n
    FROM rollup_latency
    WHERE project = ? AND hour >= ? AND hour < ?
{{- if .Edges}}
    UNION ALL
    SELECT time // 3600000000, series, m.metric, CASE m.metric WHEN 0 THEN duration_bucket ELSE ttft_bucket END, 1
    FROM responses, (VALUES (0), (1)) m(metric)
    WHERE project = ? AND ((time >= ? AND time < ?) OR (time >= ? AND time < ?))
      AND CASE m.metric WHEN 0 THEN duration_bucket ELSE ttft_bucket END IS NOT NULL
{{- end}}
), histogram AS (
    SELECT {{.Step}} AS step, [{{range $i, $k := .Keys}}{{if $i}}, {{end}}{{$k}}{{end}}]::VARCHAR[] AS keys,
           metric, bucket, sum(n)::BIGINT AS n
    FROM counted
    JOIN series s ON s.id = counted.series
    WHERE s.project = ?
{{- range .Where}}
      AND {{.}}
{{- end}}
    GROUP BY ALL
    HAVING sum(n) > 0
), ranked AS (
    SELECT step, keys, metric, bucket,
           sum(n) OVER (PARTITION BY step, keys, metric ORDER BY bucket) AS reached,
           sum(n) OVER (PARTITION BY step, keys, metric) AS total
    FROM histogram
)
SELECT step, {{range $i, $k := .Keys}}keys[{{$i}} + 1], {{end}}metric,
       min(bucket) FILTER (WHERE reached * 100 >= total * 50),
       min(bucket) FILTER (WHERE reached * 100 >= total * 95),
       min(bucket) FILTER (WHERE reached * 100 >= total * 99)
FROM ranked
GROUP BY step, keys, metric
