package review

import (
	"context"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/insight"
	"github.com/heed-ai/heed/internal/query"
)

// Verdict says what the measure of a finding tells of its change.
type Verdict string

const (
	Unmarked Verdict = "unmarked"  // no change is marked: there is no after
	Waiting  Verdict = "waiting"   // the change's time is still to come
	NoBefore Verdict = "no_before" // nobody voted before: nothing is to be compared, ever
	NoAfter  Verdict = "no_after"  // nobody has voted since
	Unsure   Verdict = "unsure"    // the shares are too much alike for so few votes
	Better   Verdict = "better"    // the share fell
	Worse    Verdict = "worse"     // the share rose
)

// Assessment is a finding's measure and what follows from it.
type Assessment struct {
	At      time.Time `json:"at" doc:"When it was measured."`
	Verdict Verdict   `json:"verdict" enum:"unmarked,waiting,no_before,no_after,unsure,better,worse" doc:"By a test that holds however often one looks."`

	Before     heed.FindingShare       `json:"before" doc:"In the 28 days before the change; until now where none is marked."`
	After      *heed.FindingShare      `json:"after,omitempty" doc:"Since the change."`
	Difference *heed.FindingDifference `json:"difference,omitempty" doc:"After less before; Newcombe's 95 % interval, for one look."`
	Needed     *int64                  `json:"needed,omitempty" doc:"How many votes more it takes, if the share stays as it is; absent where no number will do, or nothing is known."`

	// Proof and Watch are of a finding that was verified: the votes that proved
	// it, and those since. It regresses where Watch is worse than Proof.
	Proof *heed.FindingShare `json:"proof,omitempty" doc:"From the change until it was verified."`
	Watch *heed.FindingShare `json:"watch,omitempty" doc:"Since it was verified."`
}

// Assess measures a finding as of now.
func Assess(ctx context.Context, counter Counter, f *heed.Finding, now time.Time) (Assessment, error) {
	now = heed.Instant(now)
	a := Assessment{At: now, Verdict: Unmarked}
	change := now
	if f.State.Marked() {
		change = f.Change.Time
	}
	if change.After(now) {
		a.Verdict, change = Waiting, now
	}
	var err error
	if a.Before, err = shareOf(ctx, counter, f, query.Window{From: change.Add(-Lookback), To: change}); err != nil {
		return a, err
	}
	if !f.State.Marked() || a.Verdict == Waiting {
		return a, nil
	}
	after, err := shareOf(ctx, counter, f, query.Window{From: change, To: now})
	if err != nil {
		return a, err
	}
	a.compare(after)
	if f.State != heed.FindingVerified {
		return a, nil
	}
	proof, err := shareOf(ctx, counter, f, query.Window{From: change, To: f.StateSince})
	if err != nil {
		return a, err
	}
	watch, err := shareOf(ctx, counter, f, query.Window{From: f.StateSince, To: now})
	a.Proof, a.Watch = &proof, &watch
	return a, err
}

// compare sets what follows from the shares on both sides.
func (a *Assessment) compare(after heed.FindingShare) {
	a.After = &after
	before, since := shareIn(a.Before), shareIn(after)
	if before.N > 0 && since.N > 0 {
		d := insight.Newcombe(before, since)
		a.Difference = &heed.FindingDifference{Value: d.Value, Low: d.Low, High: d.High}
	}
	switch move := insight.Moved(before, since); {
	case before.N == 0:
		a.Verdict = NoBefore
	case since.N == 0:
		a.Verdict = NoAfter
	case move == insight.Fell:
		a.Verdict = Better
	case move == insight.Rose:
		a.Verdict = Worse
	default:
		a.Verdict = Unsure
		if votes, ok := insight.Needed(before, since); ok {
			a.Needed = &votes
		}
	}
}

// decide returns the state that follows from the assessment by itself, with what
// it rests on; "" where the finding stays as it is.
func (a *Assessment) decide(state heed.FindingState) (heed.FindingState, *heed.FindingEvidence) {
	switch {
	case state == heed.FindingFixed && a.Verdict == Better:
		return heed.FindingVerified, evidenceOf(a.Before, *a.After)
	case state == heed.FindingFixed && a.Verdict == Worse:
		return heed.FindingRegressed, evidenceOf(a.Before, *a.After)
	case state == heed.FindingVerified && insight.Moved(shareIn(*a.Proof), shareIn(*a.Watch)) == insight.Rose:
		return heed.FindingRegressed, evidenceOf(*a.Proof, *a.Watch)
	}
	return "", nil
}

func evidenceOf(before, after heed.FindingShare) *heed.FindingEvidence {
	d := insight.Newcombe(shareIn(before), shareIn(after))
	return &heed.FindingEvidence{Before: before, After: after, Difference: heed.FindingDifference{Value: d.Value, Low: d.Low, High: d.High}}
}

func shareIn(s heed.FindingShare) insight.Share { return insight.Share{K: s.Hits, N: s.Votes} }

func withInterval(s heed.FindingShare, hits, votes int64) heed.FindingShare {
	s.Hits, s.Votes = min(hits, votes), votes
	s.Low, s.High = insight.Wilson(s.Hits, votes)
	if votes > 0 {
		share := float64(s.Hits) / float64(votes)
		s.Share = &share
	}
	return s
}
