package storetest

import (
	"bytes"
	"context"
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/vault"
)

// Events runs what store.Events promises against a backend. fresh is called
// once a test; each call of the function it returns opens the test's own data,
// which at most one handle has open at a time. The handles are the test's to
// close; closing the data behind them is the backend's, by t.Cleanup.
func Events(t *testing.T, fresh func(t *testing.T) (open func() store.Events)) {
	seal := sealer(t)
	for _, test := range []struct {
		name string
		run  func(t *testing.T, w *world)
	}{
		{"an event sent again is stored once", eventsOnce},
		{"the position moves past what was set aside", eventsSkip},
		{"an event that can never be stored is refused, and its batch with it", eventsRefused},
		{"parts come in every order", eventsOutOfOrder},
		{"the later in a call wins a tie", eventsLaterInCall},
		{"feedback binds when its response arrives", eventsBindLate},
		{"an agent's answer is one, whatever comes first", eventsAgents},
		{"the most frequent error codes are told apart", eventsErrorCodes},
		{"what a metric says again counts once", eventsMetrics},
		{"a span alone names its response", eventsLoneSpan},
		{"what single people did is listed", eventsVoices},
		{"what becomes of feedback is told", eventsFollowed},
		{"a conversation is what was said on its other answers", eventsConversation},
		{"edits are followed in the order in which they became durable", eventsTail},
		{"a project sees its own only", eventsIsolation},
		{"a person is erased, and nobody else", eventsErase},
		{"what was kept for long enough is deleted, and nothing else", eventsExpire},
		{"an expiry that is cut short did all or nothing", eventsExpireCutShort},
		{"a file that is written anew holds the same", eventsRewritten},
		{"what was stored is there after a restart", eventsReopened},
		{"an ended context ends the call", eventsEndedContext},
		{"hostile text is only text", eventsHostileText},
		{"a store answers as a naive one does", eventsModel},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := &world{open: fresh(t), seal: seal}
			w.Events = w.open()
			t.Cleanup(func() {
				if err := w.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
			})
			test.run(t, w)
		})
	}
}

// world is a store under test, and the naive one beside it.
type world struct {
	store.Events
	open  func() store.Events
	seal  func(text string) vault.Sealed
	model model
	seq   store.Seq
}

// sealer returns a function that seals texts as the edge does.
func sealer(t *testing.T) func(string) vault.Sealed {
	t.Helper()
	root, err := vault.NewKeyring(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.Open(t.Context(), vault.Options{Dir: t.TempDir(), Root: func(context.Context) (vault.Keyring, error) { return root, nil }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := v.Close(); err != nil {
			t.Errorf("close the vault: %v", err)
		}
	})
	cleaner, sealed := privacy.NewCleaner(), map[string]vault.Sealed{}
	return func(text string) vault.Sealed {
		if s, ok := sealed[text]; ok {
			return s
		}
		place := vault.Place{Project: "p1", Object: text, Field: "comment", At: birth}
		s, err := v.Seal(t.Context(), place, cleaner.Clean(privacy.NewRaw(text)))
		if err != nil {
			t.Fatalf("seal: %v", err)
		}
		sealed[text] = s
		return s
	}
}

// reopen closes the store and opens it again.
func (w *world) reopen(t *testing.T) {
	t.Helper()
	if err := w.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	w.Events = w.open()
}

// same compares answers: percentiles within the 2 % of the contract, costs but
// for rounding, everything else exactly.
func same() cmp.Options {
	return cmp.Options{
		cmpopts.EquateEmpty(),
		cmp.Comparer(func(a, b vault.Sealed) bool {
			x, _ := a.MarshalBinary()
			y, _ := b.MarshalBinary()
			return bytes.Equal(x, y)
		}),
		cmp.Comparer(func(a, b query.Percentiles) bool {
			return near(a.P50, b.P50, 0.02) && near(a.P95, b.P95, 0.02) && near(a.P99, b.P99, 0.02)
		}),
		cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".CostUSD" },
			cmp.Comparer(func(a, b *float64) bool { return near(a, b, 1e-9) })),
		cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Sum" },
			cmp.Comparer(func(a, b float64) bool { return near(&a, &b, 1e-9) })),
	}
}

// near reports whether two numbers are within a share of the larger one, or
// both are absent.
func near(a, b *float64, share float64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return math.Abs(*a-*b) <= share*max(math.Abs(*a), math.Abs(*b))+1e-9
}

// agree asks the store and the model about everything that the events so far
// can answer for.
func (w *world) agree(t *testing.T) {
	t.Helper()
	for _, project := range w.projects() {
		w.agreeOnNames(t, project)
		w.agreeOnStats(t, query.Stats{Project: project})
		w.agreeOnStats(t, query.Stats{Project: project, By: []query.Dimension{query.Model}, Said: true})
		w.agreeOnStats(t, query.Stats{Project: project, By: []query.Dimension{query.Operation}, Of: query.Calls})
		w.agreeOnStats(t, query.Stats{Project: project, By: []query.Dimension{query.Model, query.Surface}, Step: time.Hour})
		w.agreeOnMetrics(t, query.Metrics{Project: project})
		w.agreeOnPages(t, query.Page{Project: project, Limit: query.MaxLimit, Of: query.Everything})
	}
}

// projects returns every project that the model has an event of.
func (w *world) projects() []heed.ProjectID {
	var projects []heed.ProjectID
	for _, ev := range w.model.events {
		if !slices.Contains(projects, ev.Project) {
			projects = append(projects, ev.Project)
		}
	}
	return projects
}

func (w *world) agreeOnNames(t *testing.T, project heed.ProjectID) {
	t.Helper()
	responses, feedback := map[heed.ResponseID]bool{"none": true}, map[heed.FeedbackID]bool{"none": true}
	for _, ev := range w.model.events {
		switch {
		case ev.Response != nil:
			responses[ev.Response.ID] = true
		case ev.Feedback != nil:
			feedback[ev.Feedback.ID] = true
			responses[ev.Feedback.ResponseID] = true
		case ev.Signal != nil:
			responses[ev.Signal.ResponseID] = true
		}
	}
	delete(responses, "")
	for id := range responses {
		w.agreeOnResponse(t, project, id)
	}
	got, err := w.Feedback(t.Context(), project, slices.Collect(maps.Keys(feedback))...)
	if err != nil {
		t.Fatalf("feedback of %s: %v", project, err)
	}
	want := map[heed.FeedbackID]store.Feedback{}
	for id, f := range w.model.feedback(project) {
		want[id] = f.Feedback
	}
	if diff := cmp.Diff(want, got, same()); diff != "" {
		t.Errorf("feedback of %s (-want +got):\n%s", project, diff)
	}
	told := map[heed.FeedbackID]store.Told{}
	for id, f := range w.model.feedback(project) {
		labels := map[query.Dimension]string{}
		for _, d := range query.Dimensions() {
			if value := query.LabelOf(labelsOf(f.answer), d); value != "" {
				labels[d] = value
			}
		}
		told[id] = store.Told{Feedback: f.Feedback.Feedback, Labels: labels}
	}
	about, err := w.Told(t.Context(), project, slices.Collect(maps.Keys(feedback))...)
	if err != nil {
		t.Fatalf("what feedback of %s is about: %v", project, err)
	}
	if diff := cmp.Diff(told, about, same()); diff != "" {
		t.Errorf("what feedback of %s is about (-want +got):\n%s", project, diff)
	}
	said := map[heed.FeedbackID][]store.PastEdit{}
	for id := range feedback {
		if edits := w.model.edits(project, id); len(edits) > 0 {
			said[id] = edits
		}
	}
	edits, err := w.Edits(t.Context(), project, append(slices.Collect(maps.Keys(said)), "nobody's")...)
	if err != nil {
		t.Fatalf("edits of %s: %v", project, err)
	}
	if diff := cmp.Diff(said, edits, same()); diff != "" {
		t.Errorf("edits of %s (-want +got):\n%s", project, diff)
	}
	w.agreeOnTargets(t, project)
}

func (w *world) agreeOnResponse(t *testing.T, project heed.ProjectID, id heed.ResponseID) {
	t.Helper()
	want, there := w.model.response(project, id)
	got, err := w.Response(t.Context(), project, id)
	if !there {
		wantCode(t, "response that is not there", heed.NotFound, err)
		return
	}
	if err != nil {
		t.Fatalf("response %s: %v", id, err)
	}
	if diff := cmp.Diff(want, got, same()); diff != "" {
		t.Errorf("response %s of %s (-want +got):\n%s", id, project, diff)
	}
}

func (w *world) agreeOnTargets(t *testing.T, project heed.ProjectID) {
	t.Helper()
	targets := map[heed.Target]bool{{ResponseID: "none"}: true, {TraceID: "none"}: true}
	for _, ev := range w.model.events {
		if ev.Feedback != nil {
			targets[ev.Feedback.Target] = true
		}
	}
	responses := w.model.responses(project)
	want := map[heed.Target]store.Arrival{}
	for target := range targets {
		if r := bound(responses, target); r != nil {
			want[target] = store.Arrival{ID: r.ID, At: time.UnixMicro(timeOf(r)).UTC(), Agent: r.IsAgent()}
		}
	}
	got, err := w.Arrivals(t.Context(), project, slices.Collect(maps.Keys(targets))...)
	if err != nil {
		t.Fatalf("responses of targets of %s: %v", project, err)
	}
	if diff := cmp.Diff(want, got, same()); diff != "" {
		t.Errorf("responses of targets of %s (-want +got):\n%s", project, diff)
	}
}

func (w *world) agreeOnStats(t *testing.T, q query.Stats) {
	t.Helper()
	got, err := w.Stats(t.Context(), q)
	if err != nil {
		t.Fatalf("stats %+v: %v", q, err)
	}
	if diff := cmp.Diff(w.model.stats(q), got, same()); diff != "" {
		t.Errorf("stats %+v (-want +got):\n%s", q, diff)
	}
}

func (w *world) agreeOnPages(t *testing.T, q query.Page) {
	t.Helper()
	changes, err := w.Changes(t.Context(), q.Project, q.Window)
	if err != nil {
		t.Fatalf("changes %+v: %v", q, err)
	}
	if diff := cmp.Diff(w.model.changes(q.Project, q.Window), changes, same()); diff != "" {
		t.Errorf("changes %+v (-want +got):\n%s", q, diff)
	}
	responses, err := w.Responses(t.Context(), q)
	if err != nil {
		t.Fatalf("responses %+v: %v", q, err)
	}
	if diff := cmp.Diff(w.model.listResponses(q), responses, same()); diff != "" {
		t.Errorf("responses %+v (-want +got):\n%s", q, diff)
	}
	feedback, err := w.Feedbacks(t.Context(), q)
	if err != nil {
		t.Fatalf("feedback %+v: %v", q, err)
	}
	if diff := cmp.Diff(w.model.listFeedback(q), feedback, same()); diff != "" {
		t.Errorf("feedback %+v (-want +got):\n%s", q, diff)
	}
}
