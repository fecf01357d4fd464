package capture_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/recognize"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/vault"
)

const project = heed.ProjectID("prj_1")

// memory is a spool that keeps its events in memory and can fail, a store that
// holds none of them yet, and a catalog with one project.
type memory struct {
	mu         sync.Mutex
	events     []store.Event
	failure    error
	content    heed.ContentPolicy
	patterns   []heed.RedactPattern
	recognizer string

	pseudonyms heed.PseudonymMode

	// What the store holds from before, and how often it was asked.
	feedback map[heed.FeedbackID]store.Feedback
	arrivals map[heed.Target]store.Arrival
	reads    int
	asked    func() // called once the next answer about feedback is made
}

func (m *memory) Append(_ context.Context, events []store.Event) (store.Seq, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failure != nil {
		return 0, m.failure
	}
	first := store.Seq(len(m.events) + 1)
	for i, ev := range events {
		ev.Seq = first + store.Seq(i)
		m.events = append(m.events, ev)
	}
	return first, nil
}

func (m *memory) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failure = err
}

func (m *memory) all() []store.Event {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.events)
}

func notFound() error { return heed.Errorf(heed.NotFound, "not here") }

func (*memory) Response(context.Context, heed.ProjectID, heed.ResponseID) (store.ResponseDetail, error) {
	return store.ResponseDetail{}, notFound()
}

func (m *memory) Feedback(_ context.Context, _ heed.ProjectID, ids ...heed.FeedbackID) (map[heed.FeedbackID]store.Feedback, error) {
	defer func() {
		if asked := m.asked; asked != nil {
			m.asked = nil
			asked()
		}
	}()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reads++
	states := map[heed.FeedbackID]store.Feedback{}
	for _, id := range ids {
		if f, ok := m.feedback[id]; ok {
			states[id] = f
		}
	}
	return states, nil
}

func (m *memory) Arrivals(_ context.Context, _ heed.ProjectID, targets ...heed.Target) (map[heed.Target]store.Arrival, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reads++
	arrivals := map[heed.Target]store.Arrival{}
	for _, t := range targets {
		if a, ok := m.arrivals[t]; ok {
			arrivals[t] = a
		}
	}
	return arrivals, nil
}

func (*memory) Receipt(context.Context, heed.ProjectID, [16]byte) (store.Receipt, error) {
	return store.Receipt{}, notFound()
}

func (*memory) Responses(context.Context, query.Page) ([]store.Response, error) { return nil, nil }
func (*memory) Feedbacks(context.Context, query.Page) ([]store.Feedback, error) { return nil, nil }
func (*memory) Changes(context.Context, heed.ProjectID, query.Window) ([]store.Change, error) {
	return nil, nil
}
func (*memory) Metrics(context.Context, query.Metrics) ([]query.MetricGroup, error) { return nil, nil }
func (*memory) Stats(context.Context, query.Stats) ([]query.Group, error)           { return nil, nil }
func (*memory) CreateProject(context.Context, heed.Project, []store.Key) error      { return notFound() }
func (*memory) ListProjects(context.Context) ([]heed.Project, error)                { return nil, nil }
func (*memory) UpdateProject(context.Context, heed.Project) error                   { return notFound() }
func (*memory) ProjectByName(context.Context, string) (heed.Project, error) {
	return heed.Project{}, notFound()
}
func (m *memory) Project(context.Context, heed.ProjectID) (heed.Project, error) {
	return heed.Project{ID: project, Content: m.content, Patterns: m.patterns, Privacy: heed.PrivacyPolicy{Recognizer: m.recognizer, Pseudonyms: m.pseudonyms}}, nil
}

// world is an intake over a real vault.
type world struct {
	*memory
	vault       *vault.Vault
	intake      *capture.Intake
	recognizers *recognize.Services
}

func newWorld(t *testing.T) *world {
	t.Helper()
	v, err := vault.Open(t.Context(), vault.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{memory: &memory{content: heed.ContentNone}, vault: v}
	w.recognizers, err = recognize.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	w.start()
	return w
}

// start makes a new intake, as a start of the process does.
func (w *world) start() {
	w.intake = capture.NewIntake(capture.Options{
		Vault: w.vault, Cleaner: privacy.NewCleaner(), Recognizers: w.recognizers, Spool: w.memory, Stored: w.memory, Projects: w.memory,
	})
}

// The three kinds of sender.
func server() access.Principal {
	return access.Principal{Project: project, KeyID: "server", Trust: heed.TrustServer, Scope: store.ScopeAll}
}

func browser() access.Principal {
	return access.Principal{Project: project, KeyID: "browser", Trust: heed.TrustPublic}
}

// holder has a token for a response that names a person, or nobody.
func holder(response heed.ResponseID, user, identity string) access.Principal {
	return access.Principal{Project: project, KeyID: "server", Trust: heed.TrustToken, Token: &access.TokenGrant{
		ResponseID: response, User: privacy.NewRaw(user), Identity: identity,
		Acts: access.ActRate | access.ActComment, ExpiresAt: time.Now().Add(time.Hour),
	}}
}

// accept takes items in and returns what became of them.
func (w *world) accept(t *testing.T, who access.Principal, items ...capture.Item) ([]capture.Outcome, error) {
	t.Helper()
	var outcomes []capture.Outcome
	_, _, err := w.intake.Accept(t.Context(), who, capture.Call{}, items, func(o []capture.Outcome) (any, error) {
		outcomes = o
		return nil, nil
	})
	return outcomes, err
}

// give takes one feedback in, which must be accepted, and returns its state.
func (w *world) give(t *testing.T, who access.Principal, f *capture.Feedback) heed.Feedback {
	t.Helper()
	outcomes, err := w.accept(t, who, capture.Item{Feedback: f})
	if err == nil {
		err = outcomes[0].Err
	}
	if err != nil {
		t.Fatalf("feedback of %s: %v", who.Trust, err)
	}
	return *outcomes[0].Feedback
}

// refused takes one feedback in, which must be refused with a code.
func (w *world) refused(t *testing.T, who access.Principal, f *capture.Feedback, want heed.Code) {
	t.Helper()
	before := len(w.all())
	outcomes, err := w.accept(t, who, capture.Item{Feedback: f})
	if err == nil {
		err = outcomes[0].Err
	}
	if got := heed.CodeOf(err); got != want {
		t.Errorf("feedback of %s: %v, want code %q", who.Trust, err, want)
	}
	if len(w.all()) != before {
		t.Error("what was refused is in the spool")
	}
}

// vote makes a feedback that votes on a response.
func vote(response heed.ResponseID, v heed.Vote) *capture.Feedback {
	f := &capture.Feedback{}
	f.ResponseID, f.Vote = response, heed.Value(v)
	return f
}
