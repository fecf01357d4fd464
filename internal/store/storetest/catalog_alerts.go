package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// alertOf is one of a project, made n seconds after its birth.
func alertOf(p heed.Project, n int) heed.Alert {
	at := birth.Add(time.Duration(n) * time.Second)
	return heed.Alert{
		Project: p.ID, ID: heed.AlertID(fmt.Sprintf("alt_%s%02d", p.Name, n)), Version: 1, Name: fmt.Sprint("alert ", n),
		Rule:  heed.AlertRule{Measure: heed.AlertTagShare, Tag: "incorrect", Threshold: .3, Minimum: 20, Hours: 24, Filter: heed.FindingFilter{"feature": {"search", ""}}},
		State: heed.AlertOK, Since: at, CreatedAt: at, UpdatedAt: at,
	}
}

// turned is an alert as it is after a reading.
func turned(a heed.Alert, to heed.AlertState, at time.Time) store.AlertTurn {
	a.State, a.Since = to, at
	return store.AlertTurn{Alert: a, Reading: heed.AlertReading{At: at, Value: .5, Base: 40, Known: true, Low: .35, High: .65}}
}

// alerts: they are made, changed by one of two at once, and end; each step is kept
// with who took it, and what people did is written down.
func alerts(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p, other := project("p"), project("other")
	created(t, c, p)
	created(t, c, other)
	a := alertOf(p, 0)
	must(t, c.CreateAlert(acting(t), a))
	a.Version, a.Name, a.SnoozedUntil = 2, "renamed", birth.Add(time.Hour)
	step := heed.AlertStep{What: heed.AlertWasSnoozed, Name: a.Name, Until: a.SnoozedUntil}
	must(t, c.ChangeAlert(acting(t), a, step))
	wantCode(t, "a second change of a version", heed.Conflict, c.ChangeAlert(acting(t), a, step))
	theirs := a
	theirs.Project, theirs.Version = other.ID, 3
	wantCode(t, "a change by another project", heed.NotFound, c.ChangeAlert(acting(t), theirs, step))
	got, err := c.Alert(t.Context(), p.ID, a.ID)
	if diff := cmp.Diff(a, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if all, err := c.ListAlerts(t.Context(), other.ID); len(all) != 0 || err != nil {
		t.Errorf("another project sees %d (%v)", len(all), err)
	}
	a.Version, a.EndedAt = 3, birth.Add(2*time.Hour)
	must(t, c.ChangeAlert(acting(t), a, heed.AlertStep{What: heed.AlertWasEnded}))
	if all, err := c.ListAlerts(t.Context(), p.ID); len(all) != 0 || err != nil {
		t.Errorf("%d are watched (%v)", len(all), err)
	}
	a.Version = 4
	wantCode(t, "a change of what has ended", heed.Conflict, c.ChangeAlert(acting(t), a, step))
	history, err := c.AlertHistory(t.Context(), p.ID, a.ID, 10)
	if err != nil {
		t.Fatal(err)
	}
	var steps []string
	for _, e := range history {
		steps = append(steps, fmt.Sprint(e.Number, e.What, e.By.Name))
	}
	if diff := cmp.Diff([]string{"1created" + tester.Name, "2snoozed" + tester.Name, "3ended" + tester.Name}, sorted(steps)); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	var log []string
	for _, r := range recorded(t, c) {
		if r.Action == audit.AlertChanged {
			log = append(log, r.Details["changed"])
		}
	}
	if diff := cmp.Diff([]string{"created", "snoozed", "ended"}, log); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
	for i := 1; i <= heed.MaxAlerts; i++ {
		must(t, c.CreateAlert(acting(t), alertOf(p, i)))
	}
	wantCode(t, "an alert more than may be", heed.Conflict, c.CreateAlert(acting(t), alertOf(p, 99)))
}

// turning: what fires at once is told once, whoever else looks at the same time;
// an alert that was changed meanwhile stays.
func turning(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p := project("p")
	created(t, c, p)
	first, second, changed := alertOf(p, 1), alertOf(p, 2), alertOf(p, 3)
	for _, a := range []heed.Alert{first, second, changed} {
		must(t, c.CreateAlert(acting(t), a))
	}
	stale := changed
	changed.Version = 2
	must(t, c.ChangeAlert(acting(t), changed, heed.AlertStep{What: heed.AlertWasChanged}))
	at := birth.Add(time.Hour)
	var work sync.WaitGroup
	for range 4 {
		mine := opened(t, open)
		work.Go(func() {
			err := mine.TurnAlerts(acting(t), p.ID, []store.AlertTurn{turned(first, heed.AlertFiring, at), turned(second, heed.AlertFiring, at), turned(stale, heed.AlertFiring, at)})
			if err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	told := func() []store.Happening {
		t.Helper()
		found, err := c.HappeningsAfter(t.Context(), p.ID, "alerts", 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	fired := told()
	if len(fired) != 1 || fired[0].Event != store.RoundFired {
		t.Fatalf("told %+v", fired)
	}
	round, err := c.AlertRound(t.Context(), p.ID, fired[0].Object)
	if err != nil || len(round) != 2 || round[0].Alert != first.ID || round[1].What != heed.AlertHasFired || round[1].Reading.Base != 40 {
		t.Fatalf("round %+v (%v)", round, err)
	}
	if one, err := c.Alert(t.Context(), p.ID, stale.ID); err != nil || one.State != heed.AlertOK {
		t.Errorf("what was changed meanwhile is %s (%v)", one.State, err)
	}
	later := at.Add(time.Hour)
	must(t, c.TurnAlerts(acting(t), p.ID, []store.AlertTurn{turned(first, heed.AlertOK, later), turned(changed, heed.AlertFiring, later)}))
	if all := told(); len(all) != 3 || all[1].Object != all[2].Object || all[1].Event+all[2].Event != store.RoundFired+store.RoundResolved {
		t.Errorf("told %+v", all)
	}
	if other, err := c.AlertRound(t.Context(), "prj_other", fired[0].Object); err != nil || len(other) != 0 {
		t.Errorf("another project reads %d (%v)", len(other), err)
	}
}

func sorted(texts []string) []string {
	slices.Sort(texts)
	return texts
}
