-- Housekeeping of the writer, for every project at once.
CREATE OR REPLACE TEMP TABLE summed_responses AS
SELECT project, hour, series, sum(responses)::BIGINT AS responses, sum(input_tokens)::BIGINT AS input_tokens,
       sum(output_tokens)::BIGINT AS output_tokens, sum(cost_usd) AS cost_usd, sum(costed)::BIGINT AS costed, sum(retries)::BIGINT AS retries
FROM rollup_responses
WHERE hour = ?
GROUP BY project, hour, series
HAVING sum(responses) <> 0
