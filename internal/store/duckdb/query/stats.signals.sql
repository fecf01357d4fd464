WITH counted AS (
    SELECT hour, series, name, n
    FROM rollup_signals
    WHERE project = ? AND hour >= ? AND hour < ?
{{- if .Edges}}
    UNION ALL
    SELECT time // 3600000000, series, name, 1
    FROM signals
    WHERE project = ? AND time >= ? AND time < ? AND (time < ? OR time >= ?) AND counted
{{- end}}
)
SELECT {{.Step}} AS step, {{range .Keys}}{{.}}, {{end}}counted.name, sum(n)::BIGINT
FROM counted
LEFT JOIN series s ON s.id = counted.series AND s.project = ?
{{- range $i, $c := .Where}}
{{if $i}}  AND{{else}}WHERE{{end}} {{$c}}
{{- end}}
GROUP BY ALL
HAVING sum(n) <> 0
