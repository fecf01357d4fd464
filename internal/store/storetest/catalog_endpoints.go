package storetest

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// endpoint is one of a project, made n seconds after its birth.
func endpoint(p heed.Project, n int) heed.Endpoint {
	at := birth.Add(time.Duration(n) * time.Second)
	return heed.Endpoint{
		Project: p.ID, ID: heed.EndpointID(fmt.Sprintf("ept_%s%02d", p.Name, n)), Version: 1, Name: "ours", Kind: heed.EndpointWebhook, Host: "hooks.example.com",
		Events: []string{"finding.*"}, State: heed.EndpointActive, CreatedAt: at, UpdatedAt: at,
	}
}

func withEndpoint(t *testing.T, c store.Catalog, p heed.Project) heed.Endpoint {
	t.Helper()
	created(t, c, p)
	e := endpoint(p, 0)
	must(t, c.CreateEndpoint(acting(t), e, []byte("sealed"), map[string]int64{"findings": 7}))
	return e
}

// queued is one delivery to an endpoint.
func queued(e heed.Endpoint, n int64) heed.Delivery {
	at := birth.Add(time.Duration(n) * time.Minute)
	return heed.Delivery{
		Project: e.Project, ID: heed.DeliveryID(fmt.Sprintf("msg_%s%d", e.ID, n)), Endpoint: e.ID, Type: heed.EventFindingCreated, History: "findings",
		Object: fmt.Sprint("fnd_", n), Event: 1, Happened: at, State: heed.DeliveryWaiting, NextAt: at, QueuedAt: at,
	}
}

func move(e heed.Endpoint, from, to int64) store.PositionMove {
	return store.PositionMove{Project: e.Project, Endpoint: e.ID, History: "findings", From: from, To: to}
}

func wantEndpoint(t *testing.T, c store.Catalog, want heed.Endpoint) {
	t.Helper()
	got, err := c.Endpoint(t.Context(), want.Project, want.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("endpoint (-want +got):\n%s", diff)
	}
}

// endpoints: they are made, changed by one of two at once, listed, and removed with
// all that is on its way to them; each change is written down.
func endpoints(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p, other := project("p"), project("other")
	e := withEndpoint(t, c, p)
	theirs := withEndpoint(t, c, other)
	wantEndpoint(t, c, e)
	second := endpoint(p, 1)
	second.State = heed.EndpointPaused
	must(t, c.CreateEndpoint(acting(t), second, []byte("2"), nil))
	all, err := c.ListEndpoints(t.Context(), p.ID)
	if diff := cmp.Diff([]heed.Endpoint{e, second}, all); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	active, err := c.ActiveEndpoints(t.Context())
	if diff := cmp.Diff([]heed.Endpoint{theirs, e}, active); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}

	made := e.Host
	e.Version, e.Name, e.Host, e.Events, e.OldSecretUntil = 2, "theirs", "moved.example", []string{"alert.*", "feedback.*"}, birth.Add(time.Hour)
	change := store.EndpointChange{Endpoint: e, What: "name,secret", Target: []byte("again"), Positions: map[string]int64{"feedback": 99}}
	must(t, c.ChangeEndpoint(acting(t), change))
	wantEndpoint(t, c, e)
	wantCode(t, "a second change of a version", heed.Conflict, c.ChangeEndpoint(acting(t), change))
	if sealed, err := c.EndpointTarget(t.Context(), p.ID, e.ID); string(sealed) != "again" || err != nil {
		t.Errorf("target %q (%v)", sealed, err)
	}
	positions, err := c.EndpointPositions(t.Context(), p.ID, e.ID)
	if diff := cmp.Diff(map[string]int64{"findings": 7, "feedback": 99}, positions); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}

	change.Endpoint.Project, change.Endpoint.Version = other.ID, 3
	wantCode(t, "a change by another project", heed.NotFound, c.ChangeEndpoint(acting(t), change))
	wantCode(t, "removal by another project", heed.NotFound, c.DeleteEndpoint(acting(t), other.ID, e.ID))
	if _, err := c.EndpointTarget(t.Context(), other.ID, e.ID); heed.CodeOf(err) != heed.NotFound {
		t.Errorf("another project reads the address: %v", err)
	}
	must(t, c.QueueDeliveries(acting(t), move(e, 7, 8), []heed.Delivery{queued(e, 1)}))
	must(t, c.DeleteEndpoint(acting(t), p.ID, e.ID))
	if waiting, err := c.WaitingDeliveries(t.Context(), p.ID, ""); len(waiting) != 0 || err != nil {
		t.Errorf("%v waits (%v)", waiting, err)
	}
	var log []string
	for _, r := range recorded(t, c) {
		if r.Action == audit.EndpointChanged && r.Object == string(e.ID) {
			log = append(log, r.Details["changed"]+" "+r.Details["host"])
		}
	}
	if diff := cmp.Diff([]string{"created " + made, "name,secret moved.example", "deleted "}, log); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
	hosts := []string{"example.com, other.example", "[2606:4700::1111]:8443", "bücher.example", strings.Repeat("long.example, ", 30) + "end.example"}
	for i := 2; i < heed.MaxEndpoints+1; i++ {
		one := endpoint(p, i)
		one.Host = hosts[i%len(hosts)] // whatever it is, that it was made is written down
		must(t, c.CreateEndpoint(acting(t), one, []byte("n"), nil))
	}
	wantCode(t, "an endpoint more than may be", heed.Conflict, c.CreateEndpoint(acting(t), endpoint(p, 90), []byte("n"), nil))
}

// queueing: of many who follow a history at once one queues each event, whoever
// else opened the same catalog.
func queueing(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	e := withEndpoint(t, c, project("p"))
	const steps = 20
	var moved atomic.Int64
	var work sync.WaitGroup
	for range 4 {
		mine := opened(t, open)
		work.Go(func() {
			for n := range int64(steps) {
				err := mine.QueueDeliveries(acting(t), move(e, 7+n, 8+n), []heed.Delivery{queued(e, n)})
				switch heed.CodeOf(err) {
				case "":
					moved.Add(1)
				case heed.Conflict:
				default:
					t.Error(err)
				}
			}
		})
	}
	work.Wait()
	got, err := c.ListDeliveries(t.Context(), store.DeliveryQuery{Project: e.Project, Endpoint: e.ID, Limit: 100})
	if err != nil || int64(len(got)) != moved.Load() || moved.Load() == 0 {
		t.Fatalf("%d moves, %d deliveries (%v)", moved.Load(), len(got), err)
	}
	positions, err := c.EndpointPositions(t.Context(), e.Project, e.ID)
	if err != nil || positions["findings"] != 7+moved.Load() {
		t.Errorf("position %d after %d moves (%v)", positions["findings"], moved.Load(), err)
	}
	// The same event again, as by who lost their position, is no delivery more.
	must(t, c.QueueDeliveries(acting(t), store.PositionMove{Project: e.Project, Endpoint: e.ID, History: "findings", From: -1, To: 7}, []heed.Delivery{queued(e, 0)}))
	again, err := c.ListDeliveries(t.Context(), store.DeliveryQuery{Project: e.Project, Endpoint: e.ID, Limit: 100})
	if err != nil || len(again) != len(got) {
		t.Errorf("%d deliveries, then %d (%v)", len(got), len(again), err)
	}
}

// tries: a delivery is due when its time has come and its endpoint does not rest; a
// try moves it on once; what is over can be sent again.
func tries(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p := project("p")
	e := withEndpoint(t, c, p)
	first, second := queued(e, 1), queued(e, 2)
	must(t, c.QueueDeliveries(acting(t), move(e, 7, 9), []heed.Delivery{first, second}))
	due := func(at time.Time, want ...heed.DeliveryID) []heed.Delivery {
		t.Helper()
		got, err := c.DueDeliveries(t.Context(), p.ID, e.ID, at, 10)
		var ids []heed.DeliveryID
		for _, d := range got {
			ids = append(ids, d.ID)
		}
		if diff := cmp.Diff(want, ids); diff != "" || err != nil {
			t.Errorf("due at %v: %v (-want +got):\n%s", at, err, diff)
		}
		return got
	}
	now := birth.Add(2 * time.Minute)
	due(birth)
	due(birth.Add(time.Minute), first.ID)
	d := due(now, first.ID, second.ID)[0]
	d.Tries, d.NextAt, d.Outcome, d.Status = 1, now.Add(time.Hour), heed.OutcomeRefused, 503
	failed := store.TryResult{Delivery: d, Try: heed.DeliveryTry{Number: 1, Time: now, Outcome: heed.OutcomeRefused, Status: 503, Took: 12}, RestUntil: now.Add(time.Minute)}
	must(t, c.KeepTry(acting(t), failed))
	wantCode(t, "a try that was kept", heed.Conflict, c.KeepTry(acting(t), failed))
	e.FailingSince = now
	wantEndpoint(t, c, e)
	due(now)
	due(now.Add(time.Minute), second.ID)
	wantCode(t, "a replay of what waits", heed.Conflict, c.ReplayDelivery(acting(t), p.ID, e.ID, d.ID, now))

	later := now.Add(time.Hour)
	d.Tries, d.State, d.NextAt, d.DoneAt, d.Outcome, d.Status = 2, heed.DeliveryDelivered, time.Time{}, later, heed.OutcomeTaken, 200
	must(t, c.KeepTry(acting(t), store.TryResult{Delivery: d, Try: heed.DeliveryTry{Number: 2, Time: later, Outcome: heed.OutcomeTaken, Status: 200}}))
	e.FailingSince = time.Time{}
	wantEndpoint(t, c, e)
	got, err := c.DeliveryTries(t.Context(), p.ID, d.ID)
	if diff := cmp.Diff([]heed.DeliveryTry{failed.Try, {Number: 2, Time: later, Outcome: heed.OutcomeTaken, Status: 200}}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	wantTaken(t, c, d)
	must(t, c.ReplayDelivery(acting(t), p.ID, e.ID, d.ID, later))
	wantCode(t, "a replay of nothing", heed.NotFound, c.ReplayDelivery(acting(t), p.ID, e.ID, "msg_none", later))
	d = due(later, first.ID, second.ID)[0]
	if d.Tries != 2 || d.Begun != 2 {
		t.Errorf("sent again after %d tries, from %d", d.Tries, d.Begun)
	}
	d.Tries, d.State, d.NextAt, d.DoneAt, d.Outcome, d.Status = 3, heed.DeliveryFailed, time.Time{}, later, heed.OutcomeGone, 410
	must(t, c.KeepTry(acting(t), store.TryResult{Delivery: d, Try: heed.DeliveryTry{Number: 3, Time: later, Outcome: heed.OutcomeGone, Status: 410}, Disable: heed.EndpointGone}))
	due(later.Add(time.Hour))
	e.Version, e.State, e.Reason, e.FailingSince, e.UpdatedAt = 2, heed.EndpointDisabled, heed.EndpointGone, later, later
	wantEndpoint(t, c, e)
	e.Version, e.State, e.Reason, e.FailingSince = 3, heed.EndpointActive, "", time.Time{}
	must(t, c.ChangeEndpoint(acting(t), store.EndpointChange{Endpoint: e, What: "state", Resume: true}))
	wantEndpoint(t, c, e)
	due(later.Add(time.Hour), second.ID)
	e.Version = 4
	must(t, c.ChangeEndpoint(acting(t), store.EndpointChange{Endpoint: e, What: "state", Drop: true}))
	due(later.Add(time.Hour))
	if n, err := c.ExpireDeliveries(t.Context(), second.QueuedAt); n != 1 || err != nil {
		t.Errorf("%d ended (%v)", n, err)
	}
}

// wantTaken finds one delivery, which was taken, by what it is about.
func wantTaken(t *testing.T, c store.Catalog, d heed.Delivery) {
	t.Helper()
	taken, err := c.DeliveriesOf(t.Context(), d.Project, d.History, d.Object, "another")
	if err != nil || len(taken) != 1 || taken[0].ID != d.ID {
		t.Errorf("taken of %s: %+v (%v)", d.Object, taken, err)
	}
	for _, none := range [][3]string{{"another", d.History, d.Object}, {string(d.Project), "another", d.Object}, {string(d.Project), d.History, "another"}} {
		if taken, err := c.DeliveriesOf(t.Context(), heed.ProjectID(none[0]), none[1], none[2]); err != nil || len(taken) != 0 {
			t.Errorf("taken of %q: %+v (%v)", none, taken, err)
		}
	}
}

// tried moves a delivery on by a try that was begun at a time.
func tried(t *testing.T, c store.Catalog, d heed.Delivery, begun time.Time, outcome heed.DeliveryOutcome, restUntil time.Time) {
	t.Helper()
	d.Tries++
	d.Outcome = outcome
	if outcome == heed.OutcomeTaken {
		d.State, d.NextAt, d.DoneAt = heed.DeliveryDelivered, time.Time{}, begun
	}
	must(t, c.KeepTry(acting(t), store.TryResult{Delivery: d, Try: heed.DeliveryTry{Number: d.Tries, Time: begun, Outcome: outcome}, RestUntil: restUntil}))
}

// fares: an endpoint that takes some of what it is sent at once, and asks to be left
// alone, is, in whatever order its answers come; one that somebody tries is tried.
func fares(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	e := withEndpoint(t, c, project("p"))
	var all []heed.Delivery
	for n := range int64(5) {
		all = append(all, queued(e, n))
	}
	try := queued(e, 9)
	try.Type, try.History, try.NextAt = heed.EventEndpointTested, "tests", birth
	must(t, c.QueueDeliveries(acting(t), move(e, 7, 9), append(all, try)))
	now := birth.Add(time.Hour)
	due := func(at time.Time, limit int, want ...heed.DeliveryID) {
		t.Helper()
		got, err := c.DueDeliveries(t.Context(), e.Project, e.ID, at, limit)
		var ids []heed.DeliveryID
		for _, d := range got {
			ids = append(ids, d.ID)
		}
		if diff := cmp.Diff(want, ids); diff != "" || err != nil {
			t.Errorf("due at %v: %v (-want +got):\n%s", at, err, diff)
		}
	}
	due(now, 2, try.ID, all[0].ID)
	long := now.Add(time.Hour)
	tried(t, c, all[0], now, heed.OutcomeTaken, time.Time{})
	tried(t, c, all[1], now, heed.OutcomeRefused, long)
	tried(t, c, all[2], now, heed.OutcomeTaken, time.Time{})
	tried(t, c, all[3], now, heed.OutcomeRefused, now.Add(time.Second))
	failing := e
	failing.FailingSince = now
	wantEndpoint(t, c, failing)
	due(long.Add(-time.Second), 10, try.ID)
	standing, err := c.DeliveryStanding(t.Context())
	want := store.DeliveryStanding{Waiting: 4, Oldest: all[1].Happened, Endpoints: map[heed.EndpointState]int64{heed.EndpointActive: 1}, Failing: 1}
	if diff := cmp.Diff(want, standing); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	tried(t, c, try, now.Add(time.Minute), heed.OutcomeTaken, time.Time{})
	wantEndpoint(t, c, e)
	due(now.Add(time.Minute), 1, all[1].ID)

	one, err := c.Delivery(t.Context(), e.Project, e.ID, all[0].ID)
	if err != nil || one.State != heed.DeliveryDelivered || one.Tries != 1 {
		t.Errorf("%+v (%v)", one, err)
	}
	_, err = c.Delivery(t.Context(), e.Project, "ept_other", all[0].ID)
	wantCode(t, "a delivery to another endpoint", heed.NotFound, err)
	waiting, err := c.WaitingDeliveries(t.Context(), e.Project, e.ID)
	if diff := cmp.Diff(map[heed.EndpointID]int64{e.ID: 3}, waiting); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	e.Version, e.State = 2, heed.EndpointPaused
	must(t, c.ChangeEndpoint(acting(t), store.EndpointChange{Endpoint: e, What: "state"}))
	want = store.DeliveryStanding{Endpoints: map[heed.EndpointState]int64{heed.EndpointPaused: 1}}
	if standing, err = c.DeliveryStanding(t.Context()); err != nil || cmp.Diff(want, standing) != "" {
		t.Errorf("while it is paused: %+v (%v)", standing, err)
	}
}

// happenings: every step of a finding is one, in order, of its project alone, and
// what is taken back with its transaction is none.
func happenings(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p, other := project("p"), project("other")
	start, err := c.LastHappening(t.Context(), p.ID, "findings")
	if err != nil || start != 0 {
		t.Fatal(start, err)
	}
	f := withFindings(t, c, p, 1)[0]
	withFindings(t, c, other, 1)
	must(t, c.NoteFinding(acting(t), p.ID, f.ID, "a", birth.Add(time.Hour)))
	wantCode(t, "a finding of nobody's", heed.Invalid, c.ChangeFinding(acting(t), withOwner(f), heed.FindingStep{}))
	got, err := c.HappeningsAfter(t.Context(), p.ID, "findings", 0, 10)
	if err != nil || len(got) != 2 {
		t.Fatalf("%d steps (%v)", len(got), err)
	}
	for i, h := range got {
		if h.Object != string(f.ID) || h.Event != int64(i+1) {
			t.Errorf("step %d is %+v", i, h)
		}
	}
	last, err := c.LastHappening(t.Context(), p.ID, "findings")
	if err != nil || last != got[1].Position || got[0].Position >= got[1].Position {
		t.Errorf("the last is %d of %+v (%v)", last, got, err)
	}
	if rest, err := c.HappeningsAfter(t.Context(), p.ID, "findings", got[0].Position, 10); err != nil || len(rest) != 1 {
		t.Errorf("%d after the first (%v)", len(rest), err)
	}
	if _, err := c.ExpireDeliveries(t.Context(), birth.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if rest, err := c.HappeningsAfter(t.Context(), p.ID, "findings", 0, 10); err != nil || len(rest) != 1 {
		t.Errorf("%d are left (%v)", len(rest), err)
	}
}

// withOwner is the finding as one who is no member would have it.
func withOwner(f heed.Finding) heed.Finding {
	f.Version, f.Owner = f.Version+1, "usr_nobody"
	return f
}
