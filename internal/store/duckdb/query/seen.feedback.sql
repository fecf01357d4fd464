-- At the start, for every project at once.
SELECT id_hash, target_hash, trace_hash, answer_hash FROM feedback
