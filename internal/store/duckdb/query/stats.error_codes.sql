-- The most frequent codes of each group; those beyond are one, without a name.
WITH counted AS (
    SELECT hour, series, code, n
    FROM rollup_errors
    WHERE project = ? AND hour >= ? AND hour < ?
{{- if .Edges}}
    UNION ALL
    SELECT time // 3600000000, series, error_code, 1
    FROM responses
    WHERE project = ? AND time >= ? AND time < ? AND (time < ? OR time >= ?) AND error_code <> ''
{{- end}}
), summed AS (
    SELECT {{.Step}} AS step, {{range $i, $k := .Keys}}{{$k}} AS key{{$i}}, {{end}}counted.code AS code, sum(n)::BIGINT AS n
    FROM counted
    JOIN series s ON s.id = counted.series
    WHERE s.project = ? AND {{.Counted}}
{{- range .Where}}
      AND {{.}}
{{- end}}
    GROUP BY ALL
    HAVING sum(n) <> 0
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY step{{range $i, $k := .Keys}}, key{{$i}}{{end}} ORDER BY n DESC, code) AS place
    FROM summed
)
SELECT step, {{range $i, $k := .Keys}}key{{$i}}, {{end}}CASE WHEN place <= ? THEN code ELSE '' END AS told, sum(n)::BIGINT
FROM ranked
GROUP BY ALL
