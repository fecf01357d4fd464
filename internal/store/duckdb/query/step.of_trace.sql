SELECT trace_id, span_id, kind, name, time, timed, duration_ms, status, error_type, error_code
FROM (
    SELECT *, row_number() OVER (PARTITION BY span_id ORDER BY seq DESC) AS newest
    FROM steps
    WHERE project = ? AND trace_hash = ? AND trace_id = ?
)
WHERE newest = 1
ORDER BY time, span_id
LIMIT ?
