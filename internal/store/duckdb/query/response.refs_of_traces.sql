SELECT r.project, r.id, r.trace_id, r.span_id, r.time, r.series, r.part_of, s.role
FROM responses r
JOIN series s ON s.project = r.project AND s.id = r.series
WHERE list_contains(?::VARCHAR[], r.project)
  AND r.rowid IN (SELECT rowid FROM responses WHERE trace_hash IN (SELECT unnest(?::UBIGINT[])))
