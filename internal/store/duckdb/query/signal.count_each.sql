SELECT response_id, name, count(*)
FROM signals
WHERE project = ?
  AND response_hash IN (SELECT unnest(?::UBIGINT[]))
  AND response_id IN (SELECT unnest(?::VARCHAR[]))
  AND counted
GROUP BY response_id, name
