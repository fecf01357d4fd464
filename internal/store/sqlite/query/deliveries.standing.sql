-- Of every project: how the server fares. What waits while its endpoint is paused or
-- disabled is not late.
SELECT count(*), coalesce(min(d.happened_at), 0)
FROM endpoints e
JOIN deliveries d ON d.endpoint = e.id
WHERE e.state = 'active' AND d.state = 'waiting'
