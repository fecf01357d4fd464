package capture

import (
	"context"
	"slices"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// settleEvery is how often Settle looks.
const settleEvery = 20 * time.Millisecond

// Settle waits until everything that was accepted before the call is stored.
func (in *Intake) Settle(ctx context.Context) error {
	last := in.view.lastAccepted()
	ticker := time.NewTicker(settleEvery)
	defer ticker.Stop()
	for !in.view.hasStored(last) {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Forget lets go of what is remembered of a person who was erased, under all of
// their pseudonyms, and of the answers to repeated calls, which may speak of them.
func (in *Intake) Forget(project heed.ProjectID, person []heed.Respondent) {
	v := in.view
	v.mu.Lock()
	defer v.mu.Unlock()
	v.feedback.drop(func(key feedbackKey, f heed.Feedback) bool {
		return key.project == project && slices.Contains(person, f.Respondent)
	})
	v.receipts.drop(func(key receiptKey, _ store.Receipt) bool { return key.project == project })
}

// ForgetOlder lets go of the feedback of a project from before a time, which
// retention has deleted.
func (in *Intake) ForgetOlder(project heed.ProjectID, before time.Time) {
	v := in.view
	v.mu.Lock()
	defer v.mu.Unlock()
	v.feedback.drop(func(key feedbackKey, f heed.Feedback) bool {
		return key.project == project && f.CreatedAt.Before(before)
	})
}

func (v *view) lastAccepted() store.Seq {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.last
}

func (v *view) hasStored(seq store.Seq) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.drained >= seq
}
