package duckdb_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store/duckdb"
)

// BenchmarkRewrite deletes a tenth of the responses, in the batches of retention,
// and writes the file anew; HEED_BENCH_RESPONSES says of how many (a multiple of 200,000). It tells how
// long the longest batch kept the writer waiting.
func BenchmarkRewrite(b *testing.B) {
	total, err := strconv.Atoi(os.Getenv("HEED_BENCH_RESPONSES"))
	if err != nil {
		total = 200_000
	}
	path := filepath.Join(b.TempDir(), "events.duckdb")
	s, err := duckdb.Open(b.Context(), path, duckdb.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	const seed = 200_000
	for tr := newTraffic(seed); tr.next < seed; {
		events := tr.responses(20_000)
		if err := s.Append(b.Context(), events, events[len(events)-1].Seq); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Multiply(b.Context(), total/seed-1); err != nil {
		b.Fatal(err)
	}
	began, longest, deleted := time.Now(), time.Duration(0), int64(0)
	cutoff := benchStart.Add(benchDays * 24 * time.Hour / 10)
	for more := true; more; {
		at, n := time.Now(), int64(0)
		if n, more, err = s.Expire(b.Context(), "bench", heed.KeptResponses, cutoff, 20_000); err != nil {
			b.Fatal(err)
		}
		longest, deleted = max(longest, time.Since(at)), deleted+n
	}
	deleting := time.Since(began)
	before, err := s.FileState(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	rewrites := 0
	for b.Loop() {
		if err := s.Rewrite(b.Context()); err != nil {
			b.Fatal(err)
		}
		rewrites++
	}
	after, err := s.FileState(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(deleting.Seconds(), "delete-s")
	b.ReportMetric(longest.Seconds(), "longest-batch-s")
	b.ReportMetric(float64(deleted), "deleted")
	b.ReportMetric(b.Elapsed().Seconds()/float64(rewrites), "rewrite-s")
	b.ReportMetric(float64(before.Bytes)/1e6, "MB-before")
	b.ReportMetric(float64(after.Bytes)/1e6, "MB-after")
}
