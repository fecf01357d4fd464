SELECT name, count(*)
FROM signals
WHERE project = ? AND response_hash = ? AND response_id = ? AND counted
GROUP BY name
