-- Histograms of durations: how many were in which bucket.
WITH counted AS (
{{- if .Days}}
    SELECT hour, series, metric, bucket, n * CASE WHEN hour < ? THEN ?::BIGINT ELSE ?::BIGINT END AS n
    FROM rollup_latency
    WHERE project = ? AND hour >= ? AND hour < ? AND (hour < ? OR hour >= ?)
    UNION ALL
    SELECT day * 24, series, metric, bucket, n
    FROM rollup_latency_days
    WHERE project = ? AND day >= ? AND day < ?
{{- else}}
    SELECT hour, series, metric, bucket, n
    FROM rollup_latency
    WHERE project = ? AND hour >= ? AND hour < ?
{{- end}}
{{- if .Edges}}
    UNION ALL
    SELECT hour, series, m.metric, CASE m.metric WHEN 0 THEN duration_bucket ELSE ttft_bucket END AS bucket, sign
    FROM (
        SELECT *, time // 3600000000 AS hour, CASE WHEN time < ? THEN ?::BIGINT ELSE ?::BIGINT END AS sign
        FROM responses
        WHERE project = ? AND time >= ? AND time < ? AND (time < ? OR time >= ?)
    ), (VALUES (0), (1)) m(metric)
    WHERE CASE m.metric WHEN 0 THEN duration_bucket ELSE ttft_bucket END IS NOT NULL
{{- end}}
)
SELECT ({{.Step}})::INTEGER AS step, {{.Number}}, metric, bucket, sum(n)::BIGINT
FROM counted
{{- if .Numbered}}
JOIN (SELECT unnest(?::INTEGER[]) AS series, unnest(?::INTEGER[]) AS number) USING (series)
{{- end}}
GROUP BY ALL
HAVING sum(n) > 0
