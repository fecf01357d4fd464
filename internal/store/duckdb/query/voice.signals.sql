-- Who does something with an answer is who the answer is for. That an answer was
-- shown is nothing that a person did.
SELECT s.time, r.respondent, s.series, s.name
FROM signals s
LEFT JOIN responses r ON r.project = s.project AND r.id_hash = s.response_hash AND r.id = s.response_id
WHERE s.project = ? AND s.time >= ? AND s.time < ? AND s.name <> 'shown'
ORDER BY s.time, s.key_high, s.key_low
