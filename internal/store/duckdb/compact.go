package duckdb

import (
	"context"
	_ "embed"
)

var (
	//go:embed query/rollup.sum_responses.sql
	rollupSumResponses string
	//go:embed query/rollup.sum_latency.sql
	rollupSumLatency string
	//go:embed query/rollup.sum_latency_days.sql
	rollupSumLatencyDays string
	//go:embed query/rollup.sum_errors.sql
	rollupSumErrors string
	//go:embed query/rollup.sum_signals.sql
	rollupSumSignals string
	//go:embed query/rollup.delete_responses.sql
	rollupDeleteResponses string
	//go:embed query/rollup.delete_latency.sql
	rollupDeleteLatency string
	//go:embed query/rollup.delete_latency_days.sql
	rollupDeleteLatencyDays string
	//go:embed query/rollup.delete_errors.sql
	rollupDeleteErrors string
	//go:embed query/rollup.delete_signals.sql
	rollupDeleteSignals string
	//go:embed query/rollup.return_responses.sql
	rollupReturnResponses string
	//go:embed query/rollup.return_latency.sql
	rollupReturnLatency string
	//go:embed query/rollup.return_latency_days.sql
	rollupReturnLatencyDays string
	//go:embed query/rollup.return_errors.sql
	rollupReturnErrors string
	//go:embed query/rollup.return_signals.sql
	rollupReturnSignals string

	//go:embed query/metric.sum_counts.sql
	metricSumCounts string
	//go:embed query/metric.sum_ranges.sql
	metricSumRanges string
	//go:embed query/metric.delete_counts.sql
	metricDeleteCounts string
	//go:embed query/metric.delete_ranges.sql
	metricDeleteRanges string
	//go:embed query/metric.return_counts.sql
	metricReturnCounts string
	//go:embed query/metric.return_ranges.sql
	metricReturnRanges string
)

// compact adds the roll-up rows of one hour together, and those of its day: into a
// temporary table, out of the roll-up, and back.
func (s *Store) compact(ctx context.Context, hour int32) error {
	err := transact(ctx, s.write, func() error {
		for _, table := range [][3]string{
			{rollupSumResponses, rollupDeleteResponses, rollupReturnResponses},
			{rollupSumLatency, rollupDeleteLatency, rollupReturnLatency},
			{rollupSumLatencyDays, rollupDeleteLatencyDays, rollupReturnLatencyDays},
			{rollupSumErrors, rollupDeleteErrors, rollupReturnErrors},
			{rollupSumSignals, rollupDeleteSignals, rollupReturnSignals},
			{metricSumCounts, metricDeleteCounts, metricReturnCounts},
			{metricSumRanges, metricDeleteRanges, metricReturnRanges},
		} {
			if _, err := s.write.ExecContext(ctx, table[0], hour); err != nil {
				return err
			}
			if _, err := s.write.ExecContext(ctx, table[1], hour); err != nil {
				return err
			}
			if _, err := s.write.ExecContext(ctx, table[2]); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		s.upkeep.total -= s.upkeep.fresh[hour]
		delete(s.upkeep.fresh, hour)
	}
	return err
}
