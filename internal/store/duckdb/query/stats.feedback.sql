WITH given AS (SELECT *, created // 3600000000 AS hour FROM feedback WHERE project = ?)
SELECT {{.Step}} AS step, {{range .Keys}}{{.}}, {{end}}
       count(DISTINCT f.answer_hash) FILTER (WHERE f.vote IN ('up', 'down') OR f.score_value IS NOT NULL),
       count(*) FILTER (WHERE f.vote = 'up'),
       count(*) FILTER (WHERE f.vote = 'down'),
       count(*) FILTER (WHERE f.vote IN ('up', 'down') AND f.respondent IS NOT NULL),
       count(*) FILTER (WHERE NOT f.bound AND (
           f.vote IN ('up', 'down') OR f.score_value IS NOT NULL OR len(f.tags) > 0 OR f.preferred_over <> ''
           OR f.has_comment OR f.has_correction)),
       count(DISTINCT f.respondent)
FROM given f
LEFT JOIN series s ON s.project = f.project AND s.id = f.series
{{- range $i, $c := .Where}}
{{if $i}}  AND{{else}}WHERE{{end}} {{$c}}
{{- end}}
GROUP BY ALL
HAVING count(*) > 0
