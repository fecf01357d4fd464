-- Housekeeping of the writer, for every project at once.
CREATE OR REPLACE TEMP TABLE summed_metric_ranges AS
SELECT project, hour, series, name, low, high, sum(n)::BIGINT AS n
FROM metric_ranges
WHERE hour = ?
GROUP BY project, hour, series, name, low, high
