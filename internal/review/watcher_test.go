package review_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/review"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/store/duckdb"
	"github.com/heed-ai/heed/internal/store/sqlite"
)

// birth is when findings are made here; now is ten days after.
var (
	birth = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	now   = birth.Add(10 * 24 * time.Hour)
)

// world is a watcher over real stores.
type world struct {
	t       *testing.T
	ctx     context.Context
	events  *duckdb.Store
	catalog *sqlite.Catalog
	watcher *review.Watcher
	seq     store.Seq
	names   int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	events, err := duckdb.Open(t.Context(), filepath.Join(dir, "events.duckdb"), duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := sqlite.Open(t.Context(), filepath.Join(dir, "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, err := range []error{catalog.Close(), events.Close()} {
			if err != nil {
				t.Error(err)
			}
		}
	})
	return &world{
		t: t, ctx: audit.By(t.Context(), audit.Actor{Kind: audit.Server}), events: events, catalog: catalog,
		watcher: review.NewWatcher(catalog, events, slog.New(slog.DiscardHandler)),
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// finding makes a project with a finding that is being fixed by prompt v14.
func (w *world) finding(m heed.FindingMeasure) *heed.Finding {
	w.t.Helper()
	w.names++
	project := heed.Project{ID: heed.ProjectID(fmt.Sprint("prj_", w.names)), Name: fmt.Sprint("p", w.names), Privacy: heed.DefaultPrivacy(), CreatedAt: birth}
	w.must(w.catalog.CreateProject(w.ctx, project, nil))
	f := heed.Finding{
		Project: project.ID, ID: heed.FindingID(fmt.Sprint("fnd_", w.names)), Version: 1, Title: "made up", State: heed.FindingFixing, Measure: m,
		Change: heed.FindingChange{Name: "prompt", Value: "v14"}, CreatedAt: birth, UpdatedAt: birth, StateSince: birth,
	}
	w.must(w.catalog.CreateFinding(w.ctx, f, heed.FindingStep{}))
	return &f
}

func (w *world) append(project heed.ProjectID, events ...store.Event) {
	w.t.Helper()
	for i := range events {
		w.seq++
		events[i].Seq, events[i].Project = w.seq, project
	}
	w.must(w.events.Append(w.ctx, events, w.seq))
}

// votes casts n votes at a time on answers of a feature, hits of them bad with the
// tag incorrect, others bad with none, the rest good.
func (w *world) votes(project heed.ProjectID, feature string, at time.Time, hits, others, n int) {
	w.t.Helper()
	var events []store.Event
	for i := range n {
		w.names++
		id := fmt.Sprint("r", w.names)
		edit := heed.Edit{Project: project, ID: heed.FeedbackID("fb_" + id), Target: heed.Target{ResponseID: heed.ResponseID(id)}, Time: at, Trust: heed.TrustServer, Vote: heed.Value(heed.VoteUp)}
		if i < hits+others {
			edit.Vote = heed.Value(heed.VoteDown)
		}
		if i < hits {
			edit.Tags = heed.Value([]string{"incorrect"})
		}
		response := heed.Response{Project: project, ID: heed.ResponseID(id), Time: at, Labels: heed.Labels{Feature: feature}}
		events = append(events,
			store.Event{Received: at, Response: &store.ResponsePart{Response: response}},
			store.Event{Received: at, Feedback: &store.FeedbackEdit{Edit: edit}})
	}
	w.append(project, events...)
}

// known tells Heed of a change, as heed mark does.
func (w *world) known(project heed.ProjectID, name, value string, at time.Time) {
	w.names++
	w.append(project, store.Event{Received: at, Change: &store.Change{Change: heed.Change{Project: project, ID: fmt.Sprint("c", w.names), Name: name, Value: value, Time: at}}})
}

// marked marks the finding by hand.
func (w *world) marked(f *heed.Finding, at time.Time) {
	w.t.Helper()
	edit := heed.FindingEdit{State: heed.FindingFixed, Change: &heed.FindingChange{Name: "prompt", Value: "v14", Time: at}}
	w.must(f.Apply(edit, false, now))
	w.must(w.catalog.ChangeFinding(w.ctx, *f, heed.FindingStep{FindingEdit: edit}))
}

func (w *world) round(f *heed.Finding, at time.Time) (heed.Finding, review.Assessment) {
	w.t.Helper()
	w.must(review.Round(w.watcher, w.ctx, at))
	return w.now(f)
}

// now returns a finding as it is, and what was last measured of it.
func (w *world) now(f *heed.Finding) (heed.Finding, review.Assessment) {
	w.t.Helper()
	got, err := w.catalog.Finding(w.ctx, f.Project, f.ID)
	w.must(err)
	a, ok := w.watcher.Latest(f.ID)
	if !ok {
		w.t.Fatal("the finding was not measured")
	}
	return got, a
}

// TestVerdicts: what follows from votes before and after a change.
func TestVerdicts(t *testing.T) {
	w := newWorld(t)
	type votes struct{ hits, others, n int }
	tagged := heed.FindingMeasure{Tag: "incorrect"}
	search := heed.FindingMeasure{Tag: "incorrect", Filter: heed.FindingFilter{"feature": {"search"}}}
	cases := []struct {
		name          string
		measure       heed.FindingMeasure
		before, after votes
		verdict       review.Verdict
		state         heed.FindingState
		needed        bool
		hits, n       int64 // after
	}{
		{"it helped", tagged, votes{60, 0, 120}, votes{6, 0, 120}, review.Better, heed.FindingVerified, false, 6, 120},
		{"it made it worse", tagged, votes{6, 0, 120}, votes{60, 0, 120}, review.Worse, heed.FindingRegressed, false, 60, 120},
		{"too few to say", tagged, votes{60, 0, 120}, votes{1, 0, 8}, review.Unsure, heed.FindingFixed, true, 1, 8},
		{"nothing moved, and no number of votes will say otherwise", tagged, votes{50, 0, 100}, votes{50, 0, 100}, review.Unsure, heed.FindingFixed, false, 50, 100},
		{"too few before for any number after", tagged, votes{1, 0, 3}, votes{10, 0, 100}, review.Unsure, heed.FindingFixed, false, 10, 100},
		{"no votes before", tagged, votes{}, votes{6, 0, 120}, review.NoBefore, heed.FindingFixed, false, 6, 120},
		{"no votes after", tagged, votes{60, 0, 120}, votes{}, review.NoAfter, heed.FindingFixed, false, 0, 0},
		{"no votes at all", tagged, votes{}, votes{}, review.NoBefore, heed.FindingFixed, false, 0, 0},
		{"other bad votes are no hits of a tag", tagged, votes{60, 0, 120}, votes{6, 80, 120}, review.Better, heed.FindingVerified, false, 6, 120},
		{"they are of bad votes", heed.FindingMeasure{}, votes{60, 0, 120}, votes{6, 54, 120}, review.Unsure, heed.FindingFixed, false, 60, 120},
		{"of the feature alone", search, votes{60, 0, 120}, votes{6, 0, 120}, review.Better, heed.FindingVerified, false, 6, 120},
	}
	change := birth.Add(5 * 24 * time.Hour)
	var findings, decided []heed.Finding
	for _, c := range cases {
		f := w.finding(c.measure)
		w.votes(f.Project, "search", change.Add(-24*time.Hour), c.before.hits, c.before.others, c.before.n)
		w.votes(f.Project, "search", change, c.after.hits, c.after.others, c.after.n)
		w.votes(f.Project, "search", change.Add(-review.Lookback-time.Second), 30, 0, 30) // too long ago
		if c.measure.Filter != nil {
			w.votes(f.Project, "help", change, 100, 0, 100)
		}
		w.marked(f, change)
		findings = append(findings, *f)
	}
	w.must(review.Round(w.watcher, w.ctx, now))
	for i, c := range cases {
		got, a := w.now(&findings[i])
		decided = append(decided, got)
		if got.State != c.state || a.Verdict != c.verdict || (a.Needed != nil) != c.needed {
			t.Errorf("%s: %s, %s, needed %v; before %+v, after %+v", c.name, got.State, a.Verdict, a.Needed, a.Before, a.After)
		}
		if a.Before.Votes != int64(c.before.n) || a.After.Hits != c.hits || a.After.Votes != c.n || a.Before.From != change.Add(-review.Lookback) || a.After.To != now {
			t.Errorf("%s: before %+v, after %+v", c.name, a.Before, a.After)
		}
		if (a.Difference != nil) != (a.Before.Votes > 0 && a.After.Votes > 0) {
			t.Errorf("%s: difference %+v", c.name, a.Difference)
		}
		history, err := w.catalog.FindingHistory(w.ctx, got.Project, got.ID)
		w.must(err)
		last := history[len(history)-1]
		if moved := c.state != heed.FindingFixed; moved != (last.Evidence != nil) || moved && (last.By.Kind != "server" || last.Evidence.After.Hits != c.hits) {
			t.Errorf("%s: the last step is %+v", c.name, last)
		}
	}
	w.must(review.Round(w.watcher, w.ctx, now.Add(time.Minute)))
	for i, c := range cases {
		again, _ := w.now(&findings[i])
		if diff := cmp.Diff(decided[i], again); diff != "" {
			t.Errorf("%s: another round with nothing new changed it:\n%s", c.name, diff)
		}
	}
}

// TestNeeded: as many votes more as were named, of the same kind, do decide.
func TestNeeded(t *testing.T) {
	w := newWorld(t)
	f := w.finding(heed.FindingMeasure{Tag: "incorrect"})
	change := birth.Add(5 * 24 * time.Hour)
	w.votes(f.Project, "search", change.Add(-time.Hour), 60, 0, 120)
	w.votes(f.Project, "search", change, 0, 0, 4)
	w.marked(f, change)
	got, a := w.round(f, now)
	if got.State != heed.FindingFixed || a.Needed == nil {
		t.Fatalf("%s, %+v", got.State, a)
	}
	w.votes(f.Project, "search", change, 0, 0, int(*a.Needed)-1)
	if got, _ = w.round(f, now); got.State != heed.FindingFixed {
		t.Errorf("one vote less than the %d needed: %s", *a.Needed, got.State)
	}
	w.votes(f.Project, "search", change, 0, 0, 1)
	if got, _ = w.round(f, now); got.State != heed.FindingVerified {
		t.Errorf("the %d votes that were needed: %s", *a.Needed, got.State)
	}
}

// TestWatch: a finding that was verified is reopened when its share rises again,
// and not before.
func TestWatch(t *testing.T) {
	w := newWorld(t)
	f := w.finding(heed.FindingMeasure{Tag: "incorrect"})
	change := birth.Add(5 * 24 * time.Hour)
	w.votes(f.Project, "search", change.Add(-time.Hour), 60, 0, 120)
	w.votes(f.Project, "search", change.Add(time.Hour), 6, 0, 120)
	w.marked(f, change)
	if got, _ := w.round(f, now); got.State != heed.FindingVerified {
		t.Fatalf("after the fix: %s", got.State)
	}
	w.votes(f.Project, "search", now.Add(time.Hour), 5, 0, 100)
	got, a := w.round(f, now.Add(2*time.Hour))
	if got.State != heed.FindingVerified || a.Proof == nil || a.Proof.Votes != 120 || a.Watch.Hits != 5 || a.Watch.Votes != 100 {
		t.Errorf("as good as it was: %s, proof %+v, watch %+v", got.State, a.Proof, a.Watch)
	}
	w.votes(f.Project, "search", now.Add(3*time.Hour), 50, 0, 100)
	if got, a = w.round(f, now.Add(4*time.Hour)); got.State != heed.FindingRegressed {
		t.Errorf("it came back: %s, proof %+v, watch %+v", got.State, a.Proof, a.Watch)
	}
	history, err := w.catalog.FindingHistory(w.ctx, f.Project, f.ID)
	w.must(err)
	if e := history[len(history)-1].Evidence; e == nil || e.Before.Votes != 120 || e.After.Votes != 200 || e.Difference.Low <= 0 {
		t.Errorf("the evidence is %+v", e)
	}
	if got, _ = w.round(f, now.Add(5*time.Hour)); got.State != heed.FindingRegressed || got.Version != 4 {
		t.Errorf("a round later: %s, version %d", got.State, got.Version)
	}
}

// TestKnownChange: the change that a finding waits for marks it by itself, at its
// own time, once.
func TestKnownChange(t *testing.T) {
	w := newWorld(t)
	f := w.finding(heed.FindingMeasure{Tag: "incorrect"})
	w.known(f.Project, "prompt", "v14", birth.Add(-time.Hour))
	w.known(f.Project, "prompt", "v13", birth.Add(time.Hour))
	w.known(f.Project, "model", "v14", birth.Add(time.Hour))
	w.known(f.Project, "prompt", "v14", now.Add(time.Hour))
	if got, a := w.round(f, now); got.State != heed.FindingFixing || a.Verdict != review.Unmarked {
		t.Errorf("none of these is it: %s, %s", got.State, a.Verdict)
	}
	w.known(f.Project, "prompt", "v14", birth.Add(3*time.Hour))
	w.known(f.Project, "prompt", "v14", birth.Add(2*time.Hour))
	got, a := w.round(f, now)
	if got.State != heed.FindingFixed || !got.Change.Time.Equal(birth.Add(2*time.Hour)) || a.Verdict != review.NoBefore {
		t.Errorf("%s at %v, %s", got.State, got.Change.Time, a.Verdict)
	}
	if again, _ := w.round(f, now); again.Version != got.Version {
		t.Errorf("it was marked again: %+v", again)
	}
}

// TestFutureChange: a change whose time is still to come is waited for.
func TestFutureChange(t *testing.T) {
	w := newWorld(t)
	f := w.finding(heed.FindingMeasure{Tag: "incorrect"})
	w.votes(f.Project, "search", now.Add(-time.Hour), 60, 0, 120)
	w.marked(f, now.Add(12*time.Hour))
	got, a := w.round(f, now)
	if got.State != heed.FindingFixed || a.Verdict != review.Waiting || a.After != nil || a.Before.Votes != 120 || a.Before.To != now {
		t.Errorf("%s, %+v", got.State, a)
	}
	if _, a = w.round(f, now.Add(13*time.Hour)); a.Verdict != review.NoAfter {
		t.Errorf("when its time has come: %s", a.Verdict)
	}
}

// TestMeasureOf: a measure is made of a selection without what would choose its
// result, and without what a change moves.
func TestMeasureOf(t *testing.T) {
	for _, c := range []struct {
		of   heed.FindingFilter
		want heed.FindingMeasure
	}{
		{nil, heed.FindingMeasure{}},
		{heed.FindingFilter{"vote": {"down"}}, heed.FindingMeasure{}},
		{heed.FindingFilter{"tag": {"incorrect"}, "feature": {"search"}, "prompt_version": {"v13"}, "model": {"m"}, "bound": {"true"}},
			heed.FindingMeasure{Tag: "incorrect", Filter: heed.FindingFilter{"feature": {"search"}}}},
		{heed.FindingFilter{"tag": {"incorrect", "broken"}, "prompt_name": {"answer"}, "surface": {"web"}},
			heed.FindingMeasure{Filter: heed.FindingFilter{"prompt_name": {"answer"}, "surface": {"web"}}}},
	} {
		got := review.MeasureOf(c.of)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("of %v (-want +got):\n%s", c.of, diff)
		}
		if err := review.CheckMeasure(got); err != nil {
			t.Errorf("of %v: %v", c.of, err)
		}
	}
	for _, bad := range []heed.FindingFilter{{"vote": {"up"}}, {"tag": {"x"}}, {"bound": {"true"}}, {"colour": {"red"}}, {"feature": {}}, {"status": {"so-so"}}} {
		if err := review.CheckMeasure(heed.FindingMeasure{Filter: bad}); heed.CodeOf(err) != heed.Invalid {
			t.Errorf("measure %v: %v", bad, err)
		}
	}
	for _, bad := range []heed.FindingFilter{nil, {}, {"colour": {"red"}}, {"vote": {"maybe"}}} {
		if err := review.CheckSelection(heed.FindingSelection{Filter: bad, Since: birth}); heed.CodeOf(err) != heed.Invalid {
			t.Errorf("selection %v: %v", bad, err)
		}
	}
}

// stuck is a catalog in which one finding cannot be changed.
type stuck struct {
	review.Catalog
	id heed.FindingID
}

func (c stuck) ChangeFinding(ctx context.Context, f heed.Finding, step heed.FindingStep) error {
	if f.ID == c.id {
		return errors.New("it cannot be changed")
	}
	return c.Catalog.ChangeFinding(ctx, f, step)
}

// TestOneKeepsNoOtherWaiting: a finding that cannot be marked is told of, and those
// that wait for the same change are marked.
func TestOneKeepsNoOtherWaiting(t *testing.T) {
	w := newWorld(t)
	f := w.finding(heed.FindingMeasure{Tag: "incorrect"})
	other := *f
	other.ID, other.CreatedAt = "fnd_other", birth.Add(time.Second) // is looked at first
	w.must(w.catalog.CreateFinding(w.ctx, other, heed.FindingStep{}))
	w.known(f.Project, "prompt", "v14", birth.Add(time.Hour))
	w.watcher = review.NewWatcher(stuck{w.catalog, other.ID}, w.events, slog.New(slog.DiscardHandler))
	if err := review.Round(w.watcher, w.ctx, now); err == nil {
		t.Error("nothing is told of the finding that cannot be marked")
	}
	if got, _ := w.now(f); got.State != heed.FindingFixed {
		t.Errorf("the other is %s", got.State)
	}
}
