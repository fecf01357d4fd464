-- Scans the spans of every response: it is asked only for feedback that names a span
-- alone, and that nobody could place when it came.
SELECT r.project, r.id, r.trace_id, r.span_id, r.time, r.series, r.part_of, s.role
FROM responses r
JOIN series s ON s.project = r.project AND s.id = r.series
WHERE list_contains(?::VARCHAR[], r.project)
  AND r.span_id IN (SELECT unnest(?::VARCHAR[]))
