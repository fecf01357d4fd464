package retain

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
)

// Whether the time may be acted on is decided by how far the clock is ahead of the
// time that is known to have passed.
func TestJudge(t *testing.T) {
	const hour = time.Hour
	seen := time.Date(2026, 11, 28, 3, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name      string
		wall      time.Duration // since it was seen
		passed    time.Duration
		suspended bool // before
		want      ClockState
	}{
		{"an hour went by", hour, hour, false, ClockTrusted},
		{"nothing went by", 0, 0, false, ClockTrusted},
		{"a restart after a day", 24 * hour, 0, false, ClockTrusted},
		{"a restart after more than a day", 24*hour + 1, 0, false, ClockJumped},
		{"a week went by in this process", 7 * 24 * hour, 7 * 24 * hour, false, ClockTrusted},
		{"ten years in an hour", 87_600 * hour, hour, false, ClockJumped},
		{"a day and an hour in an hour", 25 * hour, hour, false, ClockTrusted},
		{"a day and an hour in less than an hour", 25 * hour, hour - 1, false, ClockJumped},
		{"backwards", -1, hour, false, ClockBehind},
		{"a year backwards after a restart", -8760 * hour, 0, false, ClockBehind},
		{"where it was, after it was back", 2 * hour, 3 * hour, false, ClockTrusted},
		{"suspended", hour, hour, true, ClockJumped},
		{"suspended and put back", -hour, hour, true, ClockJumped},
	} {
		t.Run(test.name, func(t *testing.T) {
			kept := heed.RetentionClock{SeenAt: seen, RanAt: seen}
			if test.suspended {
				kept.SuspendedAt = seen.Add(48 * hour)
			}
			want := kept
			now := seen.Add(test.wall)
			switch {
			case test.want == ClockTrusted:
				want.SeenAt = now
			case test.want == ClockJumped && !test.suspended:
				want.SuspendedAt = now
			}
			got, state := judge(kept, now, test.passed)
			if state != test.want {
				t.Errorf("the clock is %s, want %s", state, test.want)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("kept (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNextNight(t *testing.T) {
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, time.Local) }
	for _, test := range []struct{ after, want time.Time }{
		{at(28, 2, 59), at(28, 3, 0)}, {at(28, 3, 0), at(29, 3, 0)}, {at(28, 23, 0), at(29, 3, 0)}, {at(30, 4, 0), time.Date(2026, 12, 1, 3, 0, 0, 0, time.Local)},
	} {
		if got := nextNight(test.after); !got.Equal(test.want) {
			t.Errorf("after %v: %v, want %v", test.after, got, test.want)
		}
	}
}
