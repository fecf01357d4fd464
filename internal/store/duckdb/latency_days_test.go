package duckdb

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// What is added up by days says what is added up by hours: whatever comes, late
// or again, and whatever is added together or expires.
func TestLatencyDays(t *testing.T) {
	s := openHere(t)
	random := rand.New(rand.NewPCG(1, 2))
	midnight := began.Truncate(24 * time.Hour)
	for i := range 200 {
		ms, at := random.Float64()*300, midnight.Add(time.Duration(random.IntN(4*24*60))*time.Minute)
		s.take(t, store.Event{Received: at, Response: &store.ResponsePart{Response: heed.Response{
			ID: heed.ResponseID(fmt.Sprint("r", random.IntN(120))), Time: at, Timing: heed.Timing{DurationMS: &ms, TTFTMS: &ms},
			Labels: heed.Labels{Model: fmt.Sprint("m", random.IntN(3))},
		}}})
		if i%50 == 0 {
			if err := s.compact(t.Context(), hourOf(at)); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.wantDays(t)
	for _, cutoff := range []time.Duration{5 * time.Hour, 24 * time.Hour, 31 * time.Hour, 71 * time.Hour} {
		if _, _, err := s.Expire(t.Context(), "p", heed.KeptNumbers, midnight.Add(cutoff), 1000); err != nil {
			t.Fatal(err)
		}
		s.wantDays(t)
	}
}

// wantDays compares the two roll-ups.
func (s *Store) wantDays(t *testing.T) {
	t.Helper()
	const differing = `SELECT count(*), (SELECT count(*) FROM rollup_latency_days) FROM (
		SELECT project, day, series, metric, bucket FROM (
			SELECT project, hour // 24 AS day, series, metric, bucket, n FROM rollup_latency
			UNION ALL SELECT project, day, series, metric, bucket, -n FROM rollup_latency_days
		) GROUP BY ALL HAVING sum(n) <> 0)`
	var wrong, days int
	if err := s.db.QueryRowContext(t.Context(), differing).Scan(&wrong, &days); err != nil || wrong > 0 || days == 0 {
		t.Errorf("%d sums of days differ from those of hours, of %d (%v)", wrong, days, err)
	}
}
