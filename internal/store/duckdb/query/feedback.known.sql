-- By what the answers of feedback are known.
SELECT f.id, s.operation, s.provider, s.model, s.prompt_name, s.prompt_version,
       s.feature, s.release, s.environment, s.status, s.error_type
FROM feedback f
JOIN series s ON s.project = f.project AND s.id = f.series
WHERE f.project = ?
  AND f.rowid IN (SELECT rowid FROM feedback WHERE id_hash IN (SELECT unnest(?::UBIGINT[])))
