-- What is left of the day in which the hours that expired end.
INSERT INTO rollup_latency_days
SELECT project, hour // 24 AS day, series, metric, bucket, sum(n)::BIGINT
FROM rollup_latency
WHERE project = $1 AND hour >= $2::INTEGER // 24 * 24 AND hour < $2::INTEGER // 24 * 24 + 24
GROUP BY project, day, series, metric, bucket
HAVING sum(n) <> 0
