WITH given AS (SELECT *, created // 3600000000 AS hour FROM feedback WHERE project = ? AND len(tags) > 0),
tagged AS (
    SELECT {{.Step}} AS step, {{range $i, $k := .Keys}}{{$k}} AS key{{$i}}, {{end}}unnest(f.tags) AS tag
    FROM given f
    LEFT JOIN series s ON s.project = f.project AND s.id = f.series
{{- range $i, $c := .Where}}
    {{if $i}}  AND{{else}}WHERE{{end}} {{$c}}
{{- end}}
)
SELECT step, {{range $i, $k := .Keys}}key{{$i}}, {{end}}tag, count(*)
FROM tagged
GROUP BY ALL
