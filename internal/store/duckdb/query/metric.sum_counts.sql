-- Housekeeping of the writer, for every project at once.
CREATE OR REPLACE TEMP TABLE summed_metrics AS
SELECT project, hour, series, name, error_code, sum(count)::BIGINT AS count, sum(sum) AS sum
FROM metrics
WHERE hour = ?
GROUP BY project, hour, series, name, error_code
