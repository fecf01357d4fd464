SELECT {{range .Keys}}{{.}}, {{end}}m.name, s.error_type, m.error_code, sum(m.count)::BIGINT, sum(m.sum)
FROM metrics m
JOIN series s ON s.project = m.project AND s.id = m.series
WHERE m.project = ? AND m.hour >= ? AND m.hour < ?
{{- range .Where}}
  AND {{.}}
{{- end}}
GROUP BY ALL
