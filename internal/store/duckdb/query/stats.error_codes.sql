-- The most frequent codes of each group; those beyond are one, without a name.
WITH counted AS (
    SELECT hour, series, code, n
    FROM rollup_errors
    WHERE project = ? AND hour >= ? AND hour < ?
{{- if .Edges}}
    UNION ALL
    SELECT time // 3600000000, series, error_code, CASE WHEN time < ? THEN ?::BIGINT ELSE ?::BIGINT END
    FROM responses
    WHERE project = ? AND time >= ? AND time < ? AND (time < ? OR time >= ?) AND error_code <> ''
{{- end}}
), summed AS (
    SELECT {{.Step}} AS step, {{.Number}}, code, sum(n)::BIGINT AS n
    FROM counted
{{- if .Numbered}}
    JOIN (SELECT unnest(?::INTEGER[]) AS series, unnest(?::INTEGER[]) AS number) USING (series)
{{- end}}
    GROUP BY ALL
    HAVING sum(n) <> 0
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY step, number ORDER BY n DESC, code) AS place
    FROM summed
)
SELECT step, number, CASE WHEN place <= ? THEN code ELSE '' END AS told, sum(n)::BIGINT
FROM ranked
GROUP BY ALL
