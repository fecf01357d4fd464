-- Whether the copy has what the file has, for every project at once.
SELECT (SELECT seq FROM position) = (SELECT seq FROM rewritten.position)
   AND (SELECT count(*) FROM responses) = (SELECT count(*) FROM rewritten.responses)
   AND (SELECT count(*) FROM feedback) = (SELECT count(*) FROM rewritten.feedback)
   AND (SELECT count(*) FROM feedback_edits) = (SELECT count(*) FROM rewritten.feedback_edits)
   AND (SELECT count(*) FROM signals) = (SELECT count(*) FROM rewritten.signals)
   AND (SELECT count(*) FROM changes) = (SELECT count(*) FROM rewritten.changes)
   AND (SELECT sum(n) FROM rollup_latency) IS NOT DISTINCT FROM (SELECT sum(n) FROM rewritten.rollup_latency)
   AND (SELECT sum(responses) FROM rollup_responses) IS NOT DISTINCT FROM (SELECT sum(responses) FROM rewritten.rollup_responses)
