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
