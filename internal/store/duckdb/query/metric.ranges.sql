SELECT {{range .Keys}}{{.}}, {{end}}m.name, m.low, m.high, sum(m.n)::BIGINT
FROM metric_ranges m
JOIN series s ON s.project = m.project AND s.id = m.series
WHERE m.project = ? AND m.hour >= ? AND m.hour < ?
{{- range .Where}}
  AND {{.}}
{{- end}}
GROUP BY ALL
ORDER BY m.low, m.high
