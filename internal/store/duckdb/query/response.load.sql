SELECT r.rowid, r.project, r.id, r.time, r.timed, r.received, r.series,
       s.operation, s.provider, s.model, s.prompt_name, s.prompt_version, s.feature, s.release, s.environment,
       s.status, s.error_type, r.error_code, r.finish_reason,
       r.duration_ms, r.ttft_ms, r.input_tokens, r.output_tokens, r.cached_tokens, r.reasoning_tokens, r.cost_usd,
       r.conversation_id, r.trace_id, r.span_id, r.respondent, r.input, r.output, r.versions,
       r.ttfb_ms, r.retries, r.retry_of, r.part_of, s.role
FROM responses r
JOIN series s ON s.project = r.project AND s.id = r.series
WHERE list_contains(?::VARCHAR[], r.project)
  AND r.rowid IN (SELECT rowid FROM responses WHERE id_hash IN (SELECT unnest(?::UBIGINT[])))
