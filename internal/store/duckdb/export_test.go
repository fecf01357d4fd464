package duckdb

import "context"

// Multiply stores every response n more times under other ids, without what it adds
// up to: a large file in little time, for benchmarks of the file.
func (s *Store) Multiply(ctx context.Context, n int) error {
	_, err := s.write.ExecContext(ctx, `
		INSERT INTO responses
		SELECT r.* REPLACE (r.id || '-' || g AS id, hash(r.id, g)::UBIGINT AS id_hash, md5(r.trace_id || g) AS trace_id, left(md5(r.span_id || g), 16) AS span_id)
		FROM responses r, range(1, ? + 1) t(g)`, n)
	return err
}

// Repeat stores everything that is there once more for each of the next days, under
// other ids: a month of traffic, and what it adds up to, from its first day. It is
// seen once the store is opened again.
func (s *Store) Repeat(ctx context.Context, days int) error {
	for g := 1; g <= days; g++ {
		for _, statement := range []string{
			`INSERT INTO responses SELECT * REPLACE (id || '-' || $1::INTEGER AS id, hash(id_hash, $1::INTEGER)::UBIGINT AS id_hash,
				CASE trace_hash WHEN 0 THEN 0 ELSE hash(trace_hash, $1::INTEGER)::UBIGINT END AS trace_hash,
				time + $1::INTEGER * 86400000000 AS time, received + $1::INTEGER * 86400000000 AS received)
			FROM responses WHERE time < (SELECT min(time) // 86400000000 + 1 FROM responses) * 86400000000`,
			`INSERT INTO signals SELECT * REPLACE (hash(key_high, $1::INTEGER)::UBIGINT AS key_high, response_id || '-' || $1::INTEGER AS response_id,
				hash(response_hash, $1::INTEGER)::UBIGINT AS response_hash, time + $1::INTEGER * 86400000000 AS time)
			FROM signals WHERE time < (SELECT min(time) // 86400000000 + 1 FROM signals) * 86400000000`,
			`INSERT INTO feedback SELECT * REPLACE (id || '-' || $1::INTEGER AS id, hash(id_hash, $1::INTEGER)::UBIGINT AS id_hash,
				response_id || '-' || $1::INTEGER AS response_id, hash(target_hash, $1::INTEGER)::UBIGINT AS target_hash,
				hash(answer_hash, $1::INTEGER)::UBIGINT AS answer_hash, created + $1::INTEGER * 86400000000 AS created)
			FROM feedback WHERE created < (SELECT min(created) // 86400000000 + 1 FROM feedback) * 86400000000`,
			`INSERT INTO feedback_edits SELECT * REPLACE (feedback_id || '-' || $1::INTEGER AS feedback_id, received + $1::INTEGER * 86400000000 AS received)
			FROM feedback_edits WHERE received < (SELECT min(received) // 86400000000 + 1 FROM feedback_edits) * 86400000000`,
			`INSERT INTO rollup_responses SELECT * REPLACE (hour + $1::INTEGER * 24 AS hour) FROM rollup_responses WHERE hour < (SELECT min(hour) // 24 + 1 FROM rollup_responses) * 24`,
			`INSERT INTO rollup_latency SELECT * REPLACE (hour + $1::INTEGER * 24 AS hour) FROM rollup_latency WHERE hour < (SELECT min(hour) // 24 + 1 FROM rollup_latency) * 24`,
			`INSERT INTO rollup_latency_days SELECT * REPLACE (day + $1::INTEGER AS day) FROM rollup_latency_days WHERE day = (SELECT min(day) FROM rollup_latency_days)`,
			`INSERT INTO rollup_signals SELECT * REPLACE (hour + $1::INTEGER * 24 AS hour) FROM rollup_signals WHERE hour < (SELECT min(hour) // 24 + 1 FROM rollup_signals) * 24`,
		} {
			if _, err := s.write.ExecContext(ctx, statement, g); err != nil {
				return err
			}
		}
	}
	_, err := s.write.ExecContext(ctx, "CHECKPOINT")
	return err
}

// Seen waits until everything that is stored has been seen.
func (s *Store) Seen() { s.background.Wait() }
