package api

import (
	"context"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// oneItem is a catalog whose inbox has one item that is free.
type oneItem struct{ store.Catalog }

func (oneItem) ListInbox(context.Context, store.InboxQuery) ([]store.InboxItem, error) {
	return []store.InboxItem{{InboxItem: heed.InboxItem{Project: "p", Feedback: "next"}}}, nil
}

func (oneItem) LockInbox(_ context.Context, project heed.ProjectID, id heed.FeedbackID, _, _ time.Time) (store.InboxItem, error) {
	return store.InboxItem{InboxItem: heed.InboxItem{Project: project, Feedback: id}}, nil
}

// away is a store of events that does not answer.
type away struct{ store.Reader }

func (away) Feedback(context.Context, heed.ProjectID, ...heed.FeedbackID) (map[heed.FeedbackID]store.Feedback, error) {
	return nil, heed.Errorf(heed.Unavailable, "the events are away")
}

// TestNextWithoutEvents: whoever asks for the next item while the events cannot be
// read is told so.
func TestNextWithoutEvents(t *testing.T) {
	a := &API{catalog: oneItem{}, events: away{}}
	ctx := audit.By(t.Context(), audit.Actor{Kind: audit.Member, ID: "usr_ada", Name: "ada"})
	next, err := a.nextInInbox(ctx, access.Principal{Project: "p"}, store.InboxQuery{Project: "p"}, &heed.InboxItem{Project: "p", Feedback: "done"})
	if next != nil || heed.CodeOf(err) != heed.Unavailable {
		t.Errorf("%v, %v", next, err)
	}
}
