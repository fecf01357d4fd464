package retain

import (
	"context"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// maxJump is how far the clock may be ahead of the time that has passed.
const maxJump = 24 * time.Hour

// ClockState says whether the time may be acted on.
type ClockState string

const (
	ClockTrusted ClockState = "trusted"
	ClockJumped  ClockState = "jumped" // forward, by more than a day: somebody has to confirm it
	ClockBehind  ClockState = "behind" // of what it showed before: nothing is done until it is there again
)

// clock decides whether the time may be acted on. What it showed when it was
// trusted last is in the catalog, so that a jump while Heed did not run is one
// too; a server that was off for more than a day cannot tell that from a jump.
// It is the caller's to have one goroutine at a time use it.
type clock struct {
	catalog store.RetentionRuns
	seen    time.Time // when this process last noted what it showed, with the monotonic clock
}

// look reads both clocks and returns what is remembered, and whether now may be
// acted on.
func (c *clock) look(ctx context.Context) (kept heed.RetentionClock, state ClockState, err error) {
	now := time.Now()
	kept, err = c.catalog.RetentionClock(ctx)
	if heed.CodeOf(err) == heed.NotFound { // nothing is old yet
		kept, err = heed.RetentionClock{SeenAt: heed.Instant(now), RanAt: heed.Instant(now)}, nil
	}
	if err != nil {
		return kept, "", err
	}
	passed := time.Duration(0)
	if !c.seen.IsZero() {
		passed = now.Sub(c.seen) // by the monotonic clock
	}
	kept, state = judge(kept, heed.Instant(now), passed)
	if state != ClockBehind {
		if err := c.catalog.KeepRetentionClock(ctx, kept); err != nil {
			return kept, "", err
		}
		c.seen = now
	}
	return kept, state, nil
}

// judge decides on a look at the clock. passed is for how long this process knows
// that time has gone on since kept was noted; 0 at its start.
func judge(kept heed.RetentionClock, wall time.Time, passed time.Duration) (heed.RetentionClock, ClockState) {
	switch {
	case !kept.SuspendedAt.IsZero():
		return kept, ClockJumped
	case wall.Before(kept.SeenAt):
		return kept, ClockBehind
	case wall.Sub(kept.SeenAt)-passed > maxJump:
		kept.SuspendedAt = wall
		return kept, ClockJumped
	}
	kept.SeenAt = wall
	return kept, ClockTrusted
}

// confirm takes what the clock shows for the time.
func (c *clock) confirm(ctx context.Context) error {
	now := time.Now()
	kept, err := c.catalog.RetentionClock(ctx)
	if err != nil && heed.CodeOf(err) != heed.NotFound {
		return err
	}
	kept.SuspendedAt, kept.SeenAt = time.Time{}, heed.Instant(now)
	if kept.RanAt.IsZero() || kept.RanAt.After(now) {
		kept.RanAt = kept.SeenAt
	}
	c.seen = now
	return c.catalog.KeepRetentionClock(ctx, kept)
}

// nightHour is when the night's work begins, by the server's clock.
const nightHour = 3

// nextNight is the first beginning of a night's work after a time.
func nextNight(after time.Time) time.Time {
	after = after.Local()
	night := time.Date(after.Year(), after.Month(), after.Day(), nightHour, 0, 0, 0, time.Local)
	if !night.After(after) {
		night = night.AddDate(0, 0, 1)
	}
	return night.UTC()
}
