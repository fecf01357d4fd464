WITH counted AS (
    SELECT hour, series, responses, input_tokens, output_tokens, cost_usd, costed, retries
    FROM rollup_responses
    WHERE project = ? AND hour >= ? AND hour < ?
{{- if .Edges}}
    UNION ALL
    SELECT time // 3600000000, series, 1, coalesce(input_tokens, 0), coalesce(output_tokens, 0),
           coalesce(cost_usd, 0), (cost_usd IS NOT NULL)::BIGINT, (coalesce(retries, 0) > 0)::BIGINT
    FROM responses
    WHERE project = ? AND time >= ? AND time < ? AND (time < ? OR time >= ?)
{{- end}}
)
SELECT {{.Step}} AS step, {{range .Keys}}{{.}}, {{end}}s.status, s.error_type,
       coalesce(sum(responses) FILTER (WHERE {{.Counted}}), 0)::BIGINT,
       coalesce(sum(input_tokens) FILTER (WHERE {{.Used}}), 0)::BIGINT,
       coalesce(sum(output_tokens) FILTER (WHERE {{.Used}}), 0)::BIGINT,
       coalesce(sum(cost_usd) FILTER (WHERE {{.Used}}), 0),
       coalesce(sum(costed) FILTER (WHERE {{.Used}}), 0)::BIGINT,
       coalesce(sum(retries) FILTER (WHERE {{.Used}}), 0)::BIGINT
FROM counted
JOIN series s ON s.id = counted.series
WHERE s.project = ? AND ({{.Counted}} OR {{.Used}})
{{- range .Where}}
  AND {{.}}
{{- end}}
GROUP BY ALL
HAVING sum(responses) <> 0
