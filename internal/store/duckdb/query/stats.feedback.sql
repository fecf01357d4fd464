-- Rows of three kinds, to be added up: numbers, rated answers, and people.
WITH given AS (
    SELECT {{.Step}} AS step, {{.Number}}, {{range $i, $k := .Keys}}{{$k}} AS key{{$i}}, {{end}}
           f.vote, f.vote IN ('up', 'down') OR f.score_value IS NOT NULL AS rates, f.bound,
           len(f.tags) > 0 OR f.preferred_over <> '' OR f.has_comment OR f.has_correction AS says_more,
           f.answer_hash, f.respondent
    FROM (SELECT *, created // 3600000000 AS hour FROM feedback WHERE project = ?) f
{{- if .Numbered}}
    JOIN (SELECT unnest(?::INTEGER[]) AS series, unnest(?::INTEGER[]) AS number) USING (series)
{{- end}}
{{- range $i, $c := .Where}}
    {{if $i}}  AND{{else}}WHERE{{end}} {{$c}}
{{- end}}
)
SELECT step, number, {{range $i, $k := .Keys}}key{{$i}}, {{end}}
       count(*) FILTER (WHERE vote = 'up'),
       count(*) FILTER (WHERE vote = 'down'),
       count(*) FILTER (WHERE vote IN ('up', 'down') AND respondent IS NOT NULL),
       count(*) FILTER (WHERE NOT bound AND (rates OR says_more)), 0, 0
FROM given
GROUP BY ALL
UNION ALL
SELECT step, number, {{range $i, $k := .Keys}}key{{$i}}, {{end}}0, 0, 0, 0, count(*), 0
FROM (SELECT DISTINCT step, number, {{range $i, $k := .Keys}}key{{$i}}, {{end}}answer_hash FROM given WHERE rates)
GROUP BY ALL
UNION ALL
SELECT step, number, {{range $i, $k := .Keys}}key{{$i}}, {{end}}0, 0, 0, 0, 0, count(*)
FROM (SELECT DISTINCT step, number, {{range $i, $k := .Keys}}key{{$i}}, {{end}}respondent FROM given WHERE respondent IS NOT NULL)
GROUP BY ALL
