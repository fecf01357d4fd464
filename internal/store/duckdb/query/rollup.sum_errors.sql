-- Housekeeping of the writer, for every project at once.
CREATE OR REPLACE TEMP TABLE summed_errors AS
SELECT project, hour, series, code, sum(n)::BIGINT AS n
FROM rollup_errors
WHERE hour = ?
GROUP BY project, hour, series, code
HAVING sum(n) <> 0
