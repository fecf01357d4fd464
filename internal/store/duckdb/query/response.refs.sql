SELECT project, id, trace_id, span_id, time, series
FROM responses
WHERE project IN (SELECT unnest(?::VARCHAR[]))
  AND id_hash IN (SELECT unnest(?::UBIGINT[]))
