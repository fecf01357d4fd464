-- Of every project: how the server fares.
SELECT state, count(*), count(*) FILTER (WHERE failing_since > 0) FROM endpoints GROUP BY state
