-- Housekeeping of the writer, for every project at once.
CREATE OR REPLACE TEMP TABLE summed_signals AS
SELECT project, hour, series, name, sum(n)::BIGINT AS n
FROM rollup_signals
WHERE hour = ?
GROUP BY project, hour, series, name
HAVING sum(n) <> 0
