package review_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/review"
	"github.com/heed-ai/heed/internal/store"
)

// inboxWorld is an inbox over real stores, with one project.
type inboxWorld struct {
	*world
	inbox   *review.Inbox
	project heed.ProjectID
}

func newInboxWorld(t *testing.T) *inboxWorld {
	t.Helper()
	w := newWorld(t)
	p := heed.Project{ID: "prj_inbox", Name: "inbox", Privacy: heed.DefaultPrivacy(), CreatedAt: birth}
	w.must(w.catalog.CreateProject(w.ctx, p, nil))
	return &inboxWorld{w, review.NewInbox(w.catalog, w.events, slog.New(slog.DiscardHandler)), p.ID}
}

// said is an edit of a feedback on the answer of the same name.
func (w *inboxWorld) said(id string, vote heed.Vote, person byte, tags ...string) store.Event {
	edit := heed.Edit{Project: w.project, ID: heed.FeedbackID(id), Target: heed.Target{ResponseID: heed.ResponseID("r-" + id)}, Trust: heed.TrustServer, Time: birth, Vote: heed.Value(vote)}
	if person != 0 {
		edit.Respondent = heed.Respondent{person}
	}
	if tags != nil {
		edit.Tags = heed.Value(tags)
	}
	return store.Event{Received: birth.Add(time.Minute), Feedback: &store.FeedbackEdit{Edit: edit}}
}

func (w *inboxWorld) answered(id, feature string) store.Event {
	r := heed.Response{Project: w.project, ID: heed.ResponseID("r-" + id), Time: birth, Labels: heed.Labels{Feature: feature}}
	return store.Event{Received: birth, Response: &store.ResponsePart{Response: r}}
}

// follow has the inbox see what was stored.
func (w *inboxWorld) follow() {
	w.t.Helper()
	w.must(review.Follow(w.inbox, w.ctx))
}

// is wants the inbox to list these, in this order.
func (w *inboxWorld) is(state heed.InboxState, filter heed.FindingFilter, want string) {
	w.t.Helper()
	items, err := w.catalog.ListInbox(w.ctx, store.InboxQuery{Project: w.project, State: state, Filter: filter, Limit: 2000})
	w.must(err)
	var ids []string
	for _, i := range items {
		ids = append(ids, string(i.Feedback))
	}
	if got := strings.Join(ids, " "); got != want {
		w.t.Errorf("%s %v: %q, want %q", state, filter, got, want)
	}
}

// What wants eyes comes in, and leaves when it does no more; whatever was seen
// before, and after a restart.
func TestInboxFollows(t *testing.T) {
	w := newInboxWorld(t)
	w.append(w.project, w.answered("a", "search"), w.said("a", heed.VoteDown, 1), w.said("b", heed.VoteUp, 2), w.said("c", heed.VoteDown, 3, "unsafe"))
	w.follow()
	w.follow()
	w.is(heed.InboxOpen, nil, "c a")
	w.append(w.project, w.said("a", heed.VoteNone, 1), w.said("b", heed.VoteDown, 2, "broken"))
	w.inbox = review.NewInbox(w.catalog, w.events, slog.New(slog.DiscardHandler)) // another process
	w.follow()
	w.is(heed.InboxOpen, nil, "c b")
	w.is(heed.InboxGone, nil, "a")
	at, err := w.catalog.InboxPosition(w.ctx)
	end, errEnd := w.events.Position(w.ctx)
	if err != nil || errEnd != nil || at != end {
		t.Errorf("it followed to %d of %d, %v, %v", at, end, err, errEnd)
	}
	// The events come from an older backup than the catalog: it begins anew.
	w.must(w.catalog.SeeFeedback(w.ctx, nil, end+1000, now))
	w.append(w.project, w.said("d", heed.VoteDown, 4))
	w.follow()
	w.is(heed.InboxOpen, nil, "c b d")
}

// Much feedback is taken in steps, and none is missed.
func TestInboxFillsUp(t *testing.T) {
	w := newInboxWorld(t)
	var events []store.Event
	for n := range 1203 {
		events = append(events, w.said(fmt.Sprintf("f%04d", n), heed.VoteDown, 0))
	}
	w.append(w.project, events...)
	w.follow()
	n, err := w.catalog.CountInbox(w.ctx, store.InboxQuery{Project: w.project}, "")
	if n.Open != 1203 || err != nil {
		t.Errorf("%+v, %v", n, err)
	}
}

// busy are events to which more is said while they are read.
type busy struct {
	review.InboxEvents
	more func()
}

func (b busy) EditedFeedback(ctx context.Context, after store.Seq, limit int) ([]store.FeedbackRef, store.Seq, error) {
	b.more()
	return b.InboxEvents.EditedFeedback(ctx, after, limit)
}

// What is said while the inbox looks does not make it begin anew, over and over.
func TestInboxFollowsWhileMoreIsSaid(t *testing.T) {
	w := newInboxWorld(t)
	w.append(w.project, w.said("a", heed.VoteDown, 1))
	looks := 0
	w.inbox = review.NewInbox(w.catalog, busy{w.events, func() {
		if looks++; looks > 1 {
			w.t.Fatalf("it looks again at what it saw")
		}
		w.append(w.project, w.said("b", heed.VoteDown, 2))
	}}, slog.New(slog.DiscardHandler))
	w.follow()
	w.is(heed.InboxOpen, nil, "b a")
	at, err := w.catalog.InboxPosition(w.ctx)
	if end, errEnd := w.events.Position(w.ctx); err != nil || errEnd != nil || at != end {
		t.Errorf("it followed to %d of %d, %v, %v", at, end, err, errEnd)
	}
}

// An answer that comes after its feedback makes it findable.
func TestInboxBinds(t *testing.T) {
	w := newInboxWorld(t)
	w.append(w.project, w.said("a", heed.VoteDown, 1))
	w.follow()
	search := heed.FindingFilter{"feature": {"search"}}
	w.is(heed.InboxOpen, search, "")
	w.append(w.project, w.answered("a", "search"))
	w.follow()
	w.must(review.Bind(w.inbox, w.ctx))
	w.is(heed.InboxOpen, search, "a")
}

// What belongs to an open finding joins it by itself, be the finding or the
// feedback first; what does not, or was taken away, stays.
func TestInboxJoins(t *testing.T) {
	w := newInboxWorld(t)
	w.append(w.project, w.answered("a", "search"), w.said("a", heed.VoteDown, 1, "incorrect"), w.answered("b", "help"), w.said("b", heed.VoteDown, 2, "incorrect"))
	w.follow()
	f := heed.Finding{
		Project: w.project, ID: "fnd_1", Version: 1, Title: "t", State: heed.FindingNew, CreatedAt: birth, UpdatedAt: birth, StateSince: birth,
		Selection: heed.FindingSelection{Filter: heed.FindingFilter{"tag": {"incorrect"}, "feature": {"search"}}, Since: birth.Add(-time.Hour)},
	}
	w.must(w.catalog.CreateFinding(w.ctx, f, heed.FindingStep{}))
	w.must(review.JoinAll(w.inbox, w.ctx))
	w.is(heed.InboxOpen, nil, "b")
	w.is(heed.InboxFiled, nil, "a")
	w.append(w.project, w.answered("c", "search"), w.said("c", heed.VoteDown, 3, "incorrect"))
	w.follow()
	w.is(heed.InboxFiled, nil, "c a")
	w.must(w.catalog.FileFeedback(w.ctx, w.project, f.ID, nil, []heed.FeedbackID{"c"}, now))
	w.append(w.project, w.said("c", heed.VoteDown, 3, "incorrect", "incomplete"))
	w.follow()
	w.must(review.JoinAll(w.inbox, w.ctx))
	w.is(heed.InboxFiled, nil, "a")
	dismissed := f
	w.must(dismissed.Apply(heed.FindingEdit{State: heed.FindingDismissed, Reason: "as designed"}, false, now))
	w.must(w.catalog.ChangeFinding(w.ctx, dismissed, heed.FindingStep{}))
	w.append(w.project, w.answered("d", "search"), w.said("d", heed.VoteDown, 4, "incorrect"))
	w.follow()
	w.must(review.JoinAll(w.inbox, w.ctx))
	w.is(heed.InboxFiled, nil, "a")
	w.is(heed.InboxOpen, heed.FindingFilter{"feature": {"search"}}, "d c")
}

// Who is erased is in no inbox, and what they say later is.
func TestInboxForgets(t *testing.T) {
	w := newInboxWorld(t)
	person := []heed.Respondent{{1}}
	w.append(w.project, w.said("a", heed.VoteDown, 1), w.said("b", heed.VoteDown, 2), w.said("c", heed.VoteDown, 1))
	w.follow()
	w.must(w.inbox.Forget(w.ctx, w.project, person)) // while their feedback is there, so are its items
	w.is(heed.InboxOpen, nil, "c b a")
	_, err := w.events.Erase(w.ctx, heed.Erasure{Project: w.project, ID: "era_1", Respondents: person, RequestedAt: now})
	w.must(err)
	w.must(w.inbox.Forget(w.ctx, w.project, person))
	w.is(heed.InboxOpen, nil, "b")
	later := w.said("d", heed.VoteDown, 1)
	later.Received = now.Add(time.Hour)
	w.append(w.project, later)
	w.follow()
	w.is(heed.InboxOpen, nil, "d b")
	w.must(w.inbox.Check(w.ctx, w.project, []heed.FeedbackID{"b", "none"}))
	w.must(w.inbox.End(w.ctx, w.project, []heed.FeedbackID{"b"}))
	w.is(heed.InboxOpen, nil, "d")
}

// joinless is a catalog in which nothing can join a finding, of one project or of any.
type joinless struct {
	review.InboxCatalog
	project heed.ProjectID
	err     error
}

func (c *joinless) ListFindings(ctx context.Context, q store.FindingQuery) ([]heed.Finding, error) {
	if c.err != nil && (c.project == "" || c.project == q.Project) {
		return nil, c.err
	}
	return c.InboxCatalog.ListFindings(ctx, q)
}

// What is left undone is done in a later turn, though nothing is stored any more:
// answers that came too soon after the last ones, and joining that failed.
func TestInboxLeavesNothing(t *testing.T) {
	w := newInboxWorld(t)
	catalog := &joinless{InboxCatalog: w.catalog}
	turn := review.Turns(review.NewInbox(catalog, w.events, slog.New(slog.DiscardHandler)))
	w.append(w.project, w.said("a", heed.VoteDown, 1), w.said("b", heed.VoteDown, 2, "incorrect"))
	w.must(turn(w.ctx, now))
	w.append(w.project, w.answered("a", "search"))
	w.must(turn(w.ctx, now.Add(time.Second)))
	w.must(turn(w.ctx, now.Add(time.Minute)))
	w.is(heed.InboxOpen, heed.FindingFilter{"feature": {"search"}}, "a")

	f := heed.Finding{
		Project: w.project, ID: "fnd_1", Version: 1, Title: "t", State: heed.FindingNew, CreatedAt: birth, UpdatedAt: birth, StateSince: birth,
		Selection: heed.FindingSelection{Filter: heed.FindingFilter{"tag": {"incomplete"}}, Since: birth.Add(-time.Hour)},
	}
	w.must(w.catalog.CreateFinding(w.ctx, f, heed.FindingStep{}))
	w.append(w.project, w.said("c", heed.VoteDown, 3, "incomplete"))
	catalog.err = errors.New("no catalog")
	if err := turn(w.ctx, now.Add(2*time.Minute)); err == nil {
		t.Fatal("nothing failed")
	}
	catalog.project = "prj_another"
	w.must(w.catalog.CreateProject(w.ctx, heed.Project{ID: catalog.project, Name: "another", Privacy: heed.DefaultPrivacy(), CreatedAt: birth}, nil))
	if err := turn(w.ctx, now.Add(3*time.Minute)); err == nil {
		t.Error("nothing failed in the other project")
	}
	w.is(heed.InboxFiled, nil, "c")
}
