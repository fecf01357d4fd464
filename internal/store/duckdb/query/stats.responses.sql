WITH counted AS (
    SELECT hour, series, responses, input_tokens, output_tokens, cost_usd, costed, retries
    FROM rollup_responses
    WHERE project = ? AND hour >= ? AND hour < ?
{{- if .Edges}}
    UNION ALL
    SELECT hour, series, sign, sign * coalesce(input_tokens, 0), sign * coalesce(output_tokens, 0),
           sign * coalesce(cost_usd, 0), sign * (cost_usd IS NOT NULL)::BIGINT, sign * (coalesce(retries, 0) > 0)::BIGINT
    FROM (
        SELECT *, time // 3600000000 AS hour, CASE WHEN time < ? THEN ?::BIGINT ELSE ?::BIGINT END AS sign
        FROM responses
        WHERE project = ? AND time >= ? AND time < ? AND (time < ? OR time >= ?)
    )
{{- end}}
)
SELECT {{.Step}} AS step, number, sum(responses)::BIGINT, sum(input_tokens)::BIGINT, sum(output_tokens)::BIGINT,
       sum(cost_usd), sum(costed)::BIGINT, sum(retries)::BIGINT
FROM counted
JOIN (SELECT unnest(?::INTEGER[]) AS series, unnest(?::INTEGER[]) AS number) USING (series)
GROUP BY ALL
HAVING sum(responses) <> 0
