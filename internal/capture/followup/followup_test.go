package followup

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/review"
	"github.com/heed-ai/heed/internal/store"
)

// slow is a catalog that lists findings once it is let.
type slow struct {
	store.Findings
	store.Filings
	store.FollowUps
	let chan struct{}
}

func (s slow) ListFindings(context.Context, store.FindingQuery) ([]heed.Finding, error) {
	<-s.let
	return nil, nil
}

// TestFewAtOnce: whoever sees a page may ask, and takes no more of the store than
// has been set aside for that.
func TestFewAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		catalog := slow{let: make(chan struct{})}
		a := New(nil, nil, &review.Teller{Findings: catalog})
		var looked atomic.Int64
		ask := func() error {
			_, err := tell(t.Context(), a, access.Principal{}, "body.feedback", []heed.FeedbackID{"f1", "f1"},
				func(context.Context, access.Principal, heed.FeedbackID) (heed.Feedback, error) {
					looked.Add(1)
					return heed.Feedback{}, nil
				})
			return err
		}
		ended := make(chan error, atOnce)
		for range atOnce {
			go func() { ended <- ask() }()
		}
		synctest.Wait()
		if err := ask(); heed.CodeOf(err) != heed.Unavailable {
			t.Errorf("one more: %v", err)
		}
		if n := looked.Load(); n != atOnce {
			t.Errorf("feedback was looked for %d times, of which there was room for %d", n, atOnce)
		}
		close(catalog.let)
		for range atOnce {
			if err := <-ended; err != nil {
				t.Errorf("those who were first: %v", err)
			}
		}
		if err := ask(); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}
