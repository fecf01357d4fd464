package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/store"
)

// pile is an inbox with one item that nobody looks at.
type pile struct {
	store.Catalog
	item store.InboxItem
}

func (p *pile) ListInbox(context.Context, store.InboxQuery) ([]store.InboxItem, error) {
	return []store.InboxItem{p.item}, nil
}

func (p *pile) LockInbox(context.Context, heed.ProjectID, heed.FeedbackID, time.Time, time.Time) (store.InboxItem, error) {
	return p.item, nil
}

func (p *pile) ChangeInbox(_ context.Context, c store.InboxChange) (store.InboxItem, error) {
	return store.InboxItem{InboxItem: heed.InboxItem{Project: c.Project, Feedback: c.ID, Severity: heed.SeverityBad}}, nil
}

func (p *pile) Project(_ context.Context, id heed.ProjectID) (heed.Project, error) {
	return heed.Project{ID: id}, nil
}

func (p *pile) ListUsers(context.Context) ([]store.User, error) { return nil, nil }

// shelf is what people said: nothing at all, in whatever is asked for.
type shelf struct{ store.Reader }

func (shelf) Feedback(_ context.Context, project heed.ProjectID, ids ...heed.FeedbackID) (map[heed.FeedbackID]store.Feedback, error) {
	found := map[heed.FeedbackID]store.Feedback{}
	for _, id := range ids {
		found[id] = store.Feedback{Feedback: heed.Feedback{Project: project, ID: id}}
	}
	return found, nil
}

// TestInboxReadersAreWrittenDown: who walks through the inbox by what comes next is
// in the audit log, as who takes the list.
func TestInboxReadersAreWrittenDown(t *testing.T) {
	p := &pile{item: store.InboxItem{InboxItem: heed.InboxItem{Project: "p", Feedback: "next", Severity: heed.SeverityBad}}}
	l := &log{}
	a := &API{catalog: p, events: shelf{}, readers: readers{log: l}}
	who := access.Principal{Project: "p", KeyID: "k"}
	pass := func(calls int) {
		t.Helper()
		for range calls {
			r := httptest.NewRequestWithContext(access.With(t.Context(), who), http.MethodPatch, "/v1/inbox/items/one", strings.NewReader(`{"version":1,"state":"done","next":true}`))
			r.SetPathValue("id", "one")
			if _, err := a.changeInboxItem(who, httptest.NewRecorder(), r); err != nil {
				t.Fatal(err)
			}
		}
	}
	pass(firstTold/2 - 1)
	if len(l.said) != 0 {
		t.Errorf("too soon: %q", l.said)
	}
	pass(1)
	if diff := cmp.Diff([]string{"p export.made feedback 1000 counted"}, l.said); diff != "" {
		t.Errorf("written down (-want +got):\n%s", diff)
	}
}
