WITH counted AS (
    SELECT hour, series, name, n
    FROM rollup_signals
    WHERE project = ? AND hour >= ? AND hour < ?
{{- if .Edges}}
    UNION ALL
    SELECT time // 3600000000, series, name, CASE WHEN time < ? THEN ?::BIGINT ELSE ?::BIGINT END
    FROM signals
    WHERE project = ? AND time >= ? AND time < ? AND (time < ? OR time >= ?) AND counted
{{- end}}
)
SELECT {{.Step}} AS step, {{.Number}}, name, sum(n)::BIGINT
FROM counted
{{- if .Numbered}}
JOIN (SELECT unnest(?::INTEGER[]) AS series, unnest(?::INTEGER[]) AS number) USING (series)
{{- end}}
GROUP BY ALL
HAVING sum(n) <> 0
