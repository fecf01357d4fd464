WITH tagged AS (
    SELECT {{.Step}} AS step, {{.Number}}, {{range $i, $k := .Keys}}{{$k}} AS key{{$i}}, {{end}}unnest(f.tags) AS tag
    FROM (SELECT *, created // 3600000000 AS hour FROM feedback WHERE project = ? AND len(tags) > 0) f
{{- if .Numbered}}
    JOIN (SELECT unnest(?::INTEGER[]) AS series, unnest(?::INTEGER[]) AS number) USING (series)
{{- end}}
{{- range $i, $c := .Where}}
    {{if $i}}  AND{{else}}WHERE{{end}} {{$c}}
{{- end}}
)
SELECT step, number, {{range $i, $k := .Keys}}key{{$i}}, {{end}}tag, count(*)
FROM tagged
GROUP BY ALL
