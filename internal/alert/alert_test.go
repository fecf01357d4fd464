package alert_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/alert"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/store/sqlite"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func down(threshold float64) heed.AlertRule {
	return heed.AlertRule{Measure: heed.AlertDownShare, Threshold: threshold, Minimum: 20, Hours: 2}
}

// TestJudge walks alerts through readings, a minute apart unless told otherwise.
func TestJudge(t *testing.T) {
	type reading struct {
		after time.Duration
		value float64
		known bool
		want  heed.AlertState
	}
	const fires, resolves, stays = heed.AlertFiring, heed.AlertOK, heed.AlertState("")
	for name, test := range map[string]struct {
		rule     heed.AlertRule
		snooze   time.Duration
		readings []reading
	}{
		"fires once, and resolves when it was well for ten minutes": {down(.3), 0, []reading{
			{0, .3, true, stays}, {time.Minute, .31, true, fires}, {time.Minute, .5, true, stays}, {time.Minute, .2, true, stays},
			{9 * time.Minute, .2, true, stays}, {time.Minute, .2, true, resolves}, {time.Minute, .2, true, stays}, {time.Minute, .31, true, fires},
		}},
		"does not flap around its threshold": {down(.3), 0, []reading{
			{0, .31, true, fires}, {time.Minute, .29, true, stays}, {time.Hour, .29, true, stays}, {time.Minute, .31, true, stays}, {time.Hour, .28, true, stays},
		}},
		"a relapse begins the wait anew": {down(.3), 0, []reading{
			{0, .4, true, fires}, {time.Minute, .1, true, stays}, {9 * time.Minute, .4, true, stays}, {time.Minute, .1, true, stays}, {9 * time.Minute, .1, true, stays},
			{time.Minute, .1, true, resolves},
		}},
		"does not fire for too little": {down(.3), 0, []reading{{0, 1, false, stays}, {time.Hour, 1, false, stays}}},
		"resolves when nothing came for as long as it looks back": {down(.3), 0, []reading{
			{0, .4, true, fires}, {time.Minute, 0, false, stays}, {time.Hour, 0, false, stays}, {time.Hour, 0, false, resolves},
		}},
		"does not fire while it is snoozed, and does then": {down(.3), time.Hour, []reading{{0, .4, true, stays}, {59 * time.Minute, .4, true, stays}, {time.Minute, .4, true, fires}}},
		"fires below": {heed.AlertRule{Measure: heed.AlertRatings, Below: true, Threshold: 10, Hours: 1}, 0, []reading{
			{0, 10, true, stays}, {time.Minute, 9, true, fires}, {time.Minute, 10, true, stays}, {time.Hour, 11, true, stays}, {10 * time.Minute, 11, true, resolves},
		}},
		"one unsafe report fires": {heed.AlertRule{Measure: heed.AlertUnsafe, Hours: 24}, 0, []reading{{0, 0, true, stays}, {0, 1, true, fires}, {0, 2, true, stays}, {0, 0, true, resolves}}},
		"what is well at last was not well before, when nobody knew": {down(.3), 0, []reading{
			{0, .4, true, fires}, {time.Minute, 0, false, stays}, {time.Hour, .1, true, stays}, {9 * time.Minute, .1, true, stays}, {time.Minute, .1, true, resolves},
		}},
		"silence does not end by lasting": {heed.AlertRule{Measure: heed.AlertFeedbackSilence, Hours: 3}, 0, []reading{
			{0, 0, true, fires}, {31 * 24 * time.Hour, 0, false, stays}, {24 * time.Hour, 0, false, stays}, {time.Minute, 1, true, resolves},
		}},
		"silence ends with the first sound": {heed.AlertRule{Measure: heed.AlertFeedbackSilence, Hours: 3}, 0, []reading{
			{0, 0, false, stays}, {0, 0, true, fires}, {time.Minute, 1, true, resolves},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			now := noon
			a := heed.Alert{Name: "a", Rule: test.rule, State: heed.AlertOK}
			if test.snooze > 0 {
				a.SnoozedUntil = now.Add(test.snooze)
			}
			if err := a.Validate(); err != nil {
				t.Fatal(err)
			}
			var calm alert.Calm
			for i, r := range test.readings {
				now = now.Add(r.after)
				var to heed.AlertState
				to, calm = alert.Judge(&a, heed.AlertReading{At: now, Value: r.value, Base: 40, Known: r.known}, calm)
				if to != r.want {
					t.Fatalf("reading %d (%v): %q, want %q", i, r.value, to, r.want)
				}
				if to != "" {
					a.State = to
				}
			}
		})
	}
}

// counts answers every question about a window with the same numbers.
type counts func(q query.Stats) query.Group

func (c counts) Stats(_ context.Context, q query.Stats) ([]query.Group, error) {
	return []query.Group{c(q)}, nil
}

func TestMeasure(t *testing.T) {
	p95 := 1800.0
	numbers := counts(func(q query.Stats) query.Group {
		g := query.Group{Responses: 200, Errors: 30, Rated: 50, Up: 30, Down: 20, Tags: map[string]int64{"unsafe": 2}, Duration: query.Percentiles{P95: &p95}}
		switch {
		case len(q.Filter[query.Tag]) > 0:
			g.Up, g.Down = 0, 5
		case q.Window.To.Before(noon):
			g = query.Group{Responses: 7}
		}
		return g
	})
	for measure, want := range map[heed.AlertMeasure]string{
		heed.AlertDownShare:       "40.0 % of 50 votes in the last 2 hours were down (27.6 % to 53.8 %), above 30.0 %.",
		heed.AlertTagShare:        "10.0 % of 50 votes in the last 2 hours were tagged rude (4.3 % to 21.4 %), not above 30.0 %.",
		heed.AlertErrorRate:       "15.0 % of 200 answers in the last 2 hours failed (10.7 % to 20.6 %), not above 30.0 %.",
		heed.AlertLatency:         "95 % of 200 answers in the last 2 hours took 1800 ms or less, above 1000 ms.",
		heed.AlertRatings:         "50 answers were rated in the last 2 hours, not below 10.",
		heed.AlertUnsafe:          "2 pieces of feedback say that an answer is unsafe, in the last 2 hours.",
		heed.AlertFeedbackSilence: "50 pieces of feedback came in the last 2 hours.",
		heed.AlertResponseSilence: "200 answers came in the last 2 hours.",
	} {
		r := heed.AlertRule{Measure: measure, Hours: 2}
		switch {
		case measure == heed.AlertLatency:
			r.Threshold = 1000
		case measure == heed.AlertRatings:
			r.Threshold, r.Below = 10, true
		case r.Measure.IsShare():
			r.Threshold = .3
		}
		if measure == heed.AlertTagShare {
			r.Tag = "rude"
		}
		reading, err := alert.Measure(t.Context(), numbers, "p", &r, noon)
		if err != nil || !reading.Known {
			t.Errorf("%s: %+v (%v)", measure, reading, err)
		}
		if diff := cmp.Diff(want, r.Say(reading)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", measure, diff)
		}
	}
	quiet := counts(func(query.Stats) query.Group { return query.Group{} })
	for _, measure := range heed.AlertMeasures() {
		r := heed.AlertRule{Measure: measure, Tag: "rude", Hours: 2, Threshold: .3, Minimum: 1}
		if reading, err := alert.Measure(t.Context(), quiet, "p", &r, noon); err != nil || reading.Known && r.Over(reading) {
			t.Errorf("%s of nothing fires: %+v (%v)", measure, reading, err)
		}
	}
}

// TestMeasureComments: feedback that is neither vote, tag nor score is no silence.
func TestMeasureComments(t *testing.T) {
	comments := counts(func(query.Stats) query.Group { return query.Group{Respondents: 3} })
	r := heed.AlertRule{Measure: heed.AlertFeedbackSilence, Hours: 2}
	if reading, err := alert.Measure(t.Context(), comments, "p", &r, noon); err != nil || !reading.Known || r.Over(reading) {
		t.Errorf("three people wrote, and it is silent: %+v (%v)", reading, err)
	}
}

// TestWatcher: what fires at once is one round; a new Watcher on the same catalog,
// as after a restart, does not say it again.
func TestWatcher(t *testing.T) {
	catalog, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer catalog.Close()
	ctx := audit.By(t.Context(), audit.Actor{Kind: audit.Server})
	p := heed.Project{ID: "prj_p", Name: "p", CreatedAt: noon, Content: heed.ContentNone, Privacy: heed.DefaultPrivacy()}
	if err := catalog.CreateProject(ctx, p, nil); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		a := heed.Alert{Project: p.ID, ID: heed.AlertID(fmt.Sprint("alt_", i)), Version: 1, Name: "a", Rule: down(.1 + .2*float64(i)), State: heed.AlertOK, Since: noon, CreatedAt: noon, UpdatedAt: noon}
		if err := catalog.CreateAlert(ctx, a); err != nil {
			t.Fatal(err)
		}
	}
	share := int64(40) // of 100: over the first two
	counter := counts(func(query.Stats) query.Group { return query.Group{Up: 100 - share, Down: share} })
	told := 0
	watch := func() *alert.Watcher {
		return alert.NewWatcher(catalog, counter, func() { told++ }, slog.New(slog.DiscardHandler))
	}
	round := func(w *alert.Watcher, at time.Time, want int) {
		t.Helper()
		if err := w.Round(ctx, at); err != nil {
			t.Fatal(err)
		}
		happened, err := catalog.HappeningsAfter(ctx, p.ID, "alerts", 0, 10)
		if err != nil || len(happened) != want || told != want {
			t.Fatalf("at %v %d rounds are to be told, %d were (%v); want %d", at, len(happened), told, err, want)
		}
	}
	w := watch()
	round(w, noon, 1)
	round(w, noon.Add(time.Minute), 1)
	w = watch()
	round(w, noon.Add(2*time.Minute), 1)
	if reading, ok := w.Latest("alt_0"); !ok || reading.Value != .4 {
		t.Errorf("latest is %+v", reading)
	}
	share = 5
	round(w, noon.Add(3*time.Minute), 1)
	round(w, noon.Add(13*time.Minute), 2)
	history, err := catalog.AlertHistory(ctx, p.ID, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	got := map[heed.AlertWhat]int{}
	for _, e := range history {
		got[e.What]++
	}
	if diff := cmp.Diff(map[heed.AlertWhat]int{heed.AlertWasCreated: 3, heed.AlertHasFired: 2, heed.AlertHasResolved: 2}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestNoted: what somebody read of an alert while a round was under way, as who changed
// its rule, stands.
func TestNoted(t *testing.T) {
	a := heed.Alert{Project: "p", ID: "alt_1", Version: 1, Name: "a", Rule: down(.3), State: heed.AlertFiring}
	var w *alert.Watcher
	counter := counts(func(query.Stats) query.Group {
		w.Note(a.ID, heed.AlertReading{At: noon, Value: .9})
		return query.Group{Up: 90, Down: 10}
	})
	w = alert.NewWatcher(one{a}, counter, nil, slog.New(slog.DiscardHandler))
	if err := w.Round(t.Context(), noon); err != nil {
		t.Fatal(err)
	}
	if got, ok := w.Latest(a.ID); !ok || got.Value != .9 {
		t.Errorf("the latest is %+v", got)
	}
}

// one is a catalog with one alert.
type one struct{ alert heed.Alert }

func (o one) ListProjects(context.Context) ([]heed.Project, error) {
	return []heed.Project{{ID: o.alert.Project}}, nil
}

func (o one) ListAlerts(context.Context, heed.ProjectID) ([]heed.Alert, error) {
	return []heed.Alert{o.alert}, nil
}

func (o one) TurnAlerts(context.Context, heed.ProjectID, []store.AlertTurn) error { return nil }

// turned keeps what an alert turned with.
type turned struct {
	one
	turns *[]store.AlertTurn
}

func (t turned) TurnAlerts(_ context.Context, _ heed.ProjectID, turns []store.AlertTurn) error {
	*t.turns = append(*t.turns, turns...)
	return nil
}

// TestPeople: when an alert turns it is known of how many people what they said is:
// who voted, who gave the tag; of what the product did nobody is counted.
func TestPeople(t *testing.T) {
	p95 := 2000.0
	counter := counts(func(q query.Stats) query.Group {
		g := query.Group{Responses: 100, Errors: 60, Up: 40, Down: 60, Rated: 100, Tags: map[string]int64{"unsafe": 2}, Duration: query.Percentiles{P95: &p95}, Respondents: 9}
		switch tags := q.Filter[query.Tag]; {
		case len(tags) > 0 && tags[0] == "unsafe":
			g.Respondents = 2
		case len(tags) > 0:
			g.Respondents = 3
		case len(q.Filter[query.Vote]) == 2:
			g.Respondents = 7
		}
		return g
	})
	for measure, want := range map[heed.AlertMeasure]int64{
		heed.AlertDownShare: 7, heed.AlertTagShare: 3, heed.AlertRatings: 7, heed.AlertUnsafe: 2, heed.AlertErrorRate: 0, heed.AlertLatency: 0,
	} {
		rule := heed.AlertRule{Measure: measure, Hours: 2}
		switch {
		case measure.IsShare():
			rule.Threshold = .3
		case measure.HasThreshold():
			rule.Threshold = 50
		}
		if measure == heed.AlertTagShare {
			rule.Tag = "rude"
		}
		var turns []store.AlertTurn
		w := alert.NewWatcher(turned{one{heed.Alert{Project: "p", ID: "alt_1", Version: 1, Name: "a", Rule: rule, State: heed.AlertOK}}, &turns}, counter, nil, slog.New(slog.DiscardHandler))
		if err := w.Round(t.Context(), noon); err != nil || len(turns) != 1 || turns[0].Reading.People != want {
			t.Errorf("%s turned with %+v (%v), want %d people", measure, turns, err, want)
		}
	}
}
