package retain

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

// people is everything that an Eraser needs: two demands are pending, and one
// person cannot be taken out of the store.
type people struct {
	store.Persons
	store.Erasures
	store.Attachments
	pending  []heed.Erasure
	stuck    heed.Respondent
	done     []string
	receipts map[string]Statement
	attached []heed.Attachment
	events   map[string]bool // erasures that the event store knows
	settles  time.Duration   // how long what came in takes to be stored
	said     []store.Feedback
	forgot   []heed.FeedbackID // of which nothing is filed any more
	comes    string            // key of the comment that comes in while a demand is made
	key      string            // of the person
	shredded []string
	logged   bytes.Buffer
}

func (p *people) FeedbackOf(_ context.Context, _ heed.ProjectID, _ heed.Respondent, after query.Cursor, limit int) ([]store.Feedback, error) {
	from := slices.IndexFunc(p.said, func(f store.Feedback) bool { return string(f.ID) == after.ID }) + 1
	return p.said[from:min(from+limit, len(p.said))], nil
}

func (p *people) ForgetFiled(_ context.Context, _ heed.ProjectID, feedback []heed.FeedbackID) error {
	p.forgot = append(p.forgot, feedback...)
	return nil
}

var errStuck = errors.New("stuck")

func (p *people) PendingErasures(_ context.Context, after heed.Erasure, limit int) ([]heed.Erasure, error) {
	from := slices.IndexFunc(p.pending, func(e heed.Erasure) bool { return e.ID == after.ID }) + 1
	return p.pending[from:min(from+limit, len(p.pending))], nil
}

func (p *people) FinishErasure(_ context.Context, e heed.Erasure) error {
	p.done = append(p.done, e.ID)
	for i := range p.pending {
		if p.pending[i].ID == e.ID {
			p.pending[i].DoneAt = e.DoneAt
		}
	}
	var r Receipt
	if err := json.Unmarshal(e.Receipt, &r); err != nil {
		return err
	}
	s, err := readStatement(statementKind, r.Statement)
	if p.receipts == nil {
		p.receipts = map[string]Statement{}
	}
	p.receipts[e.ID] = s
	return err
}

func (p *people) LiveAttachments(context.Context, heed.ProjectID, heed.Respondent, time.Time) ([]heed.Attachment, error) {
	return slices.Clone(p.attached), nil
}

func (p *people) AttachmentsOf(context.Context, heed.ProjectID, ...heed.FeedbackID) ([]heed.Attachment, error) {
	return nil, nil
}

func (p *people) EndAttachment(_ context.Context, _ heed.ProjectID, id string, _ time.Time, _ heed.AttachmentFate) error {
	p.attached = slices.DeleteFunc(p.attached, func(a heed.Attachment) bool { return a.ID == id })
	return nil
}

func (p *people) Erasure(_ context.Context, _ heed.ProjectID, id string) (heed.Erasure, error) {
	for _, e := range p.pending {
		if e.ID == id {
			return e, nil
		}
	}
	return heed.Erasure{}, heed.Errorf(heed.NotFound, "none")
}

func (p *people) CreateErasure(_ context.Context, e heed.Erasure) error {
	p.pending = append(p.pending, e)
	return nil
}

func (*people) CountErasures(context.Context, heed.ProjectID) (heed.ErasureCount, error) {
	return heed.ErasureCount{}, nil
}

func (p *people) ErasureIDs(context.Context) (ids []string, err error) {
	for _, e := range p.pending {
		ids = append(ids, e.ID)
	}
	return ids, nil
}

func (p *people) Erased(context.Context) (map[string]bool, error) { return p.events, nil }

func (*people) Held(context.Context, heed.ProjectID, []heed.Respondent) (heed.Held, error) {
	return heed.Held{Feedback: 1}, nil
}

func (p *people) Erase(_ context.Context, e heed.Erasure) (heed.Held, error) {
	if e.Respondents[0] == p.stuck {
		return heed.Held{}, errStuck
	}
	return heed.Held{Feedback: 1}, nil
}

func (p *people) Settle(context.Context) error {
	time.Sleep(p.settles)
	return nil
}

// Cut is called at a moment in which a comment of the person has just been sealed,
// under a key that was made for it.
func (p *people) Cut(_ heed.ProjectID, _ []heed.Respondent, record func(time.Time) error) error {
	p.key = p.comes
	return record(heed.Instant(time.Now()))
}

func (*people) Forget(heed.ProjectID, []heed.Respondent)     {}
func (*people) ForgetPerson(heed.ProjectID, heed.Respondent) {}

func (p *people) ShredKey(_ context.Context, _ heed.ProjectID, key string) error {
	p.shredded = append(p.shredded, key)
	return nil
}

// Keys of attachments are those that are live.
func (p *people) AttachmentKeyID(_ context.Context, _ heed.ProjectID, id string) (string, error) {
	if !slices.ContainsFunc(p.attached, func(a heed.Attachment) bool { return a.ID == id }) {
		return "", heed.Errorf(heed.NotFound, "none")
	}
	return "key of " + id, nil
}

func (*people) ShredAttachment(context.Context, heed.ProjectID, string) error { return nil }

func (p *people) KeyID(context.Context, heed.ProjectID, heed.Respondent) (string, error) {
	if p.key == "" {
		return "", heed.Errorf(heed.NotFound, "none")
	}
	return p.key, nil
}

func (*people) Sign(string, []byte) ([]byte, error) { return []byte("signed"), nil }
func (*people) Verifier() string                    { return "public" }

// noInbox holds nothing.
type noInbox struct{}

func (noInbox) Forget(context.Context, heed.ProjectID, []heed.Respondent) error { return nil }
func (noInbox) End(context.Context, heed.ProjectID, []heed.FeedbackID) error    { return nil }

// eraser makes an Eraser of them.
func (p *people) eraser(t *testing.T) *Eraser {
	t.Helper()
	e, err := New(Options{
		Keys: p, Events: p, Catalog: p, Intake: p, Calls: p, Signer: p, Ledger: filepath.Join(t.TempDir(), "ledger"),
		Attachments: &Attachments{Keys: p, Catalog: p}, Inbox: noInbox{}, Log: slog.New(slog.NewTextHandler(&p.logged, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// Of whoever is erased nothing says that their feedback was filed, or that they were
// shown what became of it; of what they say afterwards it does.
func TestForgetsFilings(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	p := &people{pending: []heed.Erasure{{ID: "era_1", Project: "p", Respondents: []heed.Respondent{{1}}, RequestedAt: at}}}
	const many = query.MaxLimit + 1
	for i := range many {
		p.said = append(p.said, store.Feedback{Feedback: heed.Feedback{ID: heed.FeedbackID(fmt.Sprint("fb_", i)), CreatedAt: at}})
	}
	p.said = append(p.said, store.Feedback{Feedback: heed.Feedback{ID: "later", CreatedAt: at.Add(time.Microsecond)}})
	if err := p.eraser(t).work(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(p.forgot) != many || slices.Contains(p.forgot, "later") {
		t.Errorf("of %d feedback nothing is filed any more, want %d", len(p.forgot), many)
	}
}

// One who cannot be erased now keeps nobody else waiting.
func TestOneThatFails(t *testing.T) {
	p := &people{stuck: heed.Respondent{1}, pending: []heed.Erasure{
		{ID: "era_1", Project: "p", Respondents: []heed.Respondent{{1}}}, {ID: "era_2", Project: "p", Respondents: []heed.Respondent{{2}}},
	}}
	e := p.eraser(t)
	if err := e.work(t.Context()); !errors.Is(err, errStuck) {
		t.Errorf("the one that fails is not told: %v", err)
	}
	if len(p.done) != 1 || p.done[0] != "era_2" {
		t.Errorf("done: %v, want era_2", p.done)
	}
}

// What a backup of the catalog alone brings back is gone before anything is served:
// what a person attached stands there as it was, and the key of it may be back too.
func TestReplayEndsAttachments(t *testing.T) {
	p := &people{}
	e := p.eraser(t)
	demand, err := e.Demand(t.Context(), "p", []heed.Respondent{{1}})
	if err != nil {
		t.Fatal(err)
	}
	p.events = map[string]bool{demand.ID: true} // which were not restored
	p.pending, p.attached = nil, []heed.Attachment{{ID: "att_1", Project: "p", CreatedAt: demand.RequestedAt.Add(-time.Hour)}}
	if err := e.Replay(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(p.attached) != 0 || len(p.pending) != 1 {
		t.Errorf("attached after the replay: %v; demands: %v", p.attached, p.pending)
	}
}

// The receipt names every key that was destroyed, with its time, also one of an
// attachment, and so does the ledger. In a backup from before it the demand is carried
// out again, and its receipt counts what was there and says so; the times are the first.
func TestReceiptNamesAllKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		attached := []heed.Attachment{{ID: "att_1", Project: "p", CreatedAt: heed.Instant(time.Now())}, {ID: "att_2", Project: "p", CreatedAt: heed.Instant(time.Now())}}
		p := &people{comes: "key of texts", attached: slices.Clone(attached)}
		e := p.eraser(t)
		demand, err := e.Demand(t.Context(), "p", []heed.Respondent{{1}})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute) // a crash before it is carried out
		if err := e.work(t.Context()); err != nil {
			t.Fatal(err)
		}
		later := demand.RequestedAt.Add(time.Minute)
		keys := []DestroyedKey{{"key of texts", KeyOfTexts, demand.RequestedAt}, {"key of att_1", KeyOfAttachment, later}, {"key of att_2", KeyOfAttachment, later}}
		want := Statement{
			Kind: statementKind, ID: demand.ID, Project: "p", RequestedAt: demand.RequestedAt, DoneAt: later,
			Found: heed.Held{Feedback: 1, Attachments: 2}, Erased: heed.Held{Feedback: 1, Attachments: 2}, Keys: keys, RowsLeaveBy: nextNight(later).Add(lookEvery),
		}
		if diff := cmp.Diff(want, p.receipts[demand.ID]); diff != "" {
			t.Errorf("receipt (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(keys, opened(t, e.Ledger).of(demand.ID).keys); diff != "" {
			t.Errorf("ledger (-want +got):\n%s", diff)
		}
		// The backup has one of the two.
		time.Sleep(time.Hour)
		p.pending, p.attached, p.events, p.shredded = nil, attached[:1], nil, nil
		if err := e.Replay(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(p.attached) != 0 || !slices.Contains(p.shredded, "key of att_2") {
			t.Errorf("attached after the replay: %v; destroyed: %v", p.attached, p.shredded)
		}
		if err := e.work(t.Context()); err != nil {
			t.Fatal(err)
		}
		want.DoneAt = later.Add(time.Hour)
		want.ReplayedAt, want.RowsLeaveBy = want.DoneAt, nextNight(want.DoneAt).Add(lookEvery)
		want.Found.Attachments, want.Erased.Attachments = 1, 1
		if diff := cmp.Diff(want, p.receipts[demand.ID]); diff != "" {
			t.Errorf("receipt of the replay (-want +got):\n%s", diff)
		}
		if strings.Contains(p.logged.String(), "lacks") {
			t.Errorf("the ledger lacks something: %s", &p.logged)
		}
	})
}

// A ledger that lacks what the catalog or the events know of is told, at each start.
func TestLedgerThatLacksDemands(t *testing.T) {
	p := &people{
		events:  map[string]bool{"era_1": true, "era_2": true},
		pending: []heed.Erasure{{ID: "era_2", Project: "p", DoneAt: time.Now()}, {ID: "era_3", Project: "p", DoneAt: time.Now()}},
	}
	e := p.eraser(t)
	for range 2 {
		p.logged.Reset()
		if err := e.Replay(t.Context()); err != nil {
			t.Fatal(err)
		}
		if e.Lacking() != 3 || !strings.Contains(p.logged.String(), "level=WARN") || !strings.Contains(p.logged.String(), e.Ledger) {
			t.Errorf("it lacks %d: %s", e.Lacking(), &p.logged)
		}
	}
	for _, id := range []string{"era_1", "era_2", "era_3"} {
		line := entryOf(heed.Erasure{ID: id, Project: "p", Respondents: []heed.Respondent{{1}}, RequestedAt: time.Now()})
		if err := e.ledger.append(line); err != nil {
			t.Fatal(err)
		}
	}
	p.logged.Reset()
	if err := e.Replay(t.Context()); err != nil || e.Lacking() != 0 || p.logged.Len() > 0 {
		t.Errorf("a whole ledger lacks %d (%v): %s", e.Lacking(), err, &p.logged)
	}
}

// A demand destroys the keys that are there at its own moment, in which nothing comes
// in: the key of a comment that was sealed after it was looked what is kept, and so
// when the person had none, is named and destroyed too.
func TestDemandsKeysOfItsMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &people{settles: time.Second, comes: "made meanwhile"}
		e := p.eraser(t)
		demand, err := e.Demand(t.Context(), "p", []heed.Respondent{{1}})
		if err != nil {
			t.Fatal(err)
		}
		if since := time.Since(demand.RequestedAt); since != 0 {
			t.Errorf("it is of %s before", since)
		}
		want := []string{"made meanwhile"}
		known := e.ledger.of(demand.ID)
		if named := known.ids(KeyOfTexts, true); !slices.Equal(named, want) || !slices.Equal(p.shredded, want) {
			t.Errorf("the ledger names the keys %q, destroyed are %q, want %q", named, p.shredded, want)
		}
	})
}
