package outward_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/outward"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/store/sqlite"
)

// unsealed keeps addresses as they are.
type unsealed struct{}

func (unsealed) Wrap(_ string, secret []byte) ([]byte, error)    { return secret, nil }
func (unsealed) Unwrap(_ string, wrapped []byte) ([]byte, error) { return wrapped, nil }

// stream is events in memory, and how they were asked for.
type stream struct {
	mu    sync.Mutex
	fails error
	end   store.Seq
	edits []store.NewEdit
	after []store.Seq         // of each EditsAfter
	asked [][]heed.FeedbackID // by each Edits
}

func (s *stream) Position(context.Context) (store.Seq, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.end, s.fails
}

func (s *stream) EditsAfter(_ context.Context, _ heed.ProjectID, after store.Seq, limit int) (found []store.NewEdit, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.after = append(s.after, after)
	for _, e := range s.edits {
		if e.Seq > after && len(found) < limit {
			found = append(found, e)
		}
	}
	return found, nil
}

func (s *stream) Edits(_ context.Context, _ heed.ProjectID, ids ...heed.FeedbackID) (map[heed.FeedbackID][]store.PastEdit, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, ids)
	said := map[heed.FeedbackID][]store.PastEdit{}
	for _, e := range s.edits {
		if slices.Contains(ids, e.ID) {
			said[e.ID] = append(said[e.ID], e.PastEdit)
		}
	}
	return said, nil
}

func (s *stream) Feedback(_ context.Context, _ heed.ProjectID, ids ...heed.FeedbackID) (map[heed.FeedbackID]store.Feedback, error) {
	found := map[heed.FeedbackID]store.Feedback{}
	for _, id := range ids {
		found[id] = store.Feedback{Feedback: heed.Feedback{ID: id}}
	}
	return found, nil
}

// move adds edits up to a Seq, which others' events may be before.
func (s *stream) move(end store.Seq, edits ...store.NewEdit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end, s.edits = end, append(s.edits, edits...)
}

// forgetful is a catalog that cannot tell the history of one finding, and knows the
// first steps of others. It counts how often it is asked.
type forgetful struct {
	*sqlite.Catalog
	lost  heed.FindingID
	steps int
	asked atomic.Int64
}

func (f *forgetful) FindingHistory(_ context.Context, _ heed.ProjectID, id heed.FindingID) (events []heed.FindingEvent, err error) {
	f.asked.Add(1)
	if id == f.lost {
		return nil, heed.Errorf(heed.Internal, "the history cannot be read")
	}
	title := "a finding"
	for n := range max(f.steps, 1) {
		events = append(events, heed.FindingEvent{Number: int64(n + 1), Time: noon, FindingStep: heed.FindingStep{FindingEdit: heed.FindingEdit{Title: &title}}})
	}
	return events, nil
}

func (f *forgetful) HappeningsAfter(ctx context.Context, project heed.ProjectID, history string, after int64, limit int) (all []store.Happening, err error) {
	if history != "findings" {
		return f.Catalog.HappeningsAfter(ctx, project, history, after, limit)
	}
	for n := after + 1; n <= int64(f.steps); n++ {
		all = append(all, store.Happening{Position: n, Object: "fnd_kept", Event: n, Time: time.Now()})
	}
	return all, nil
}

// outpost is an Outward on a catalog of its own.
type outpost struct {
	*outward.Outward
	catalog *sqlite.Catalog
	stream  *stream
	ctx     context.Context
	t       *testing.T
}

func openOutpost(t *testing.T, within ...func(*sqlite.Catalog) outward.Catalog) *outpost {
	t.Helper()
	catalog, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	p := &outpost{catalog: catalog, stream: &stream{}, t: t, ctx: audit.By(t.Context(), audit.Actor{Kind: audit.Server})}
	options := outward.Options{Catalog: catalog, Events: p.stream, Vault: unsealed{}, Log: slog.New(slog.DiscardHandler)}
	for _, wrap := range within {
		options.Catalog = wrap(catalog)
	}
	p.Outward = outward.New(options)
	return p
}

func (p *outpost) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// endpoint makes a webhook of a project, which is made with the first.
func (p *outpost) endpoint(project heed.ProjectID, name string, events ...string) heed.Endpoint {
	p.t.Helper()
	if _, err := p.catalog.Project(p.ctx, project); heed.CodeOf(err) == heed.NotFound {
		p.must(p.catalog.CreateProject(p.ctx, heed.Project{ID: project, Name: string(project), CreatedAt: noon, Content: heed.ContentNone, Privacy: heed.DefaultPrivacy()}, nil))
	}
	e := heed.Endpoint{
		Project: project, ID: heed.EndpointID("ept_" + name), Version: 1, Name: name, Kind: heed.EndpointWebhook, Host: "h", Events: append([]string{"review.*"}, events...),
		State: heed.EndpointActive, CreatedAt: noon, UpdatedAt: noon,
	}
	sealed, err := p.Seal(&e, &outward.Target{URL: "https://" + name + ".example.com"})
	p.must(err)
	p.must(p.catalog.CreateEndpoint(p.ctx, e, sealed, map[string]int64{"feedback": 0, "findings": 0, "reviews": 0, "alerts": 0, "tests": 0}))
	return e
}

// queue queues n messages that somebody sent to try an endpoint.
func (p *outpost) queue(e heed.Endpoint, n int) {
	p.t.Helper()
	for i := range n {
		_, err := p.Test(p.ctx, &e, time.Now().Add(-time.Duration(n-i)*time.Millisecond))
		p.must(err)
	}
}

// run works until done says so, two minutes at most.
func (p *outpost) run(done func() bool) {
	p.t.Helper()
	ctx, cancel := context.WithCancel(p.t.Context())
	var work sync.WaitGroup
	work.Go(func() { p.Run(ctx) })
	deadline := time.Now().Add(2 * time.Minute)
	isDone := done()
	for !isDone && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
		isDone = done()
	}
	cancel()
	work.Wait()
	if !isDone && !done() {
		p.t.Error("it is not done in two minutes")
	}
}

func (p *outpost) states(e heed.Endpoint) map[heed.DeliveryState]int {
	p.t.Helper()
	all, err := p.catalog.ListDeliveries(p.ctx, store.DeliveryQuery{Project: e.Project, Endpoint: e.ID, Limit: 1000})
	p.must(err)
	states := map[heed.DeliveryState]int{}
	for _, d := range all {
		states[d.State]++
	}
	return states
}

// heard is what was said to endpoints: where, in order.
type heard struct {
	mu  sync.Mutex
	all []string
}

func (h *heard) say(what string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, what)
	return len(h.all)
}

func (h *heard) times() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.all)
}

// TestDeletedMeanwhile: an endpoint that somebody deletes while much waits for it is
// told nothing more.
func TestDeletedMeanwhile(t *testing.T) {
	p := openOutpost(t)
	defer p.catalog.Close()
	e := p.endpoint("prj_p", "a")
	p.queue(e, 40)
	var said heard
	var once sync.Once
	p.Speak(e.Kind, func(context.Context, *outward.Target, *heed.Delivery) outward.Outcome {
		once.Do(func() {
			if err := p.catalog.DeleteEndpoint(p.ctx, e.Project, e.ID); err != nil {
				t.Error(err)
			}
		})
		said.say("")
		return outward.Outcome{Outcome: heed.OutcomeTaken, Status: 204}
	})
	begun := time.Now()
	p.run(func() bool { return said.times() > 0 && time.Since(begun) > 300*time.Millisecond })
	if n := said.times(); n == 0 || n > 4 {
		t.Errorf("%d messages, of four at once", n)
	}
}

// TestAnotherAddress: what waits goes to the address that an endpoint has when it is
// sent.
func TestAnotherAddress(t *testing.T) {
	p := openOutpost(t)
	defer p.catalog.Close()
	e := p.endpoint("prj_p", "a")
	p.queue(e, 12)
	var said heard
	var once sync.Once
	p.Speak(e.Kind, func(_ context.Context, to *outward.Target, _ *heed.Delivery) outward.Outcome {
		said.say(to.URL)
		once.Do(func() {
			changed := e
			changed.Version = 2
			sealed, err := p.Seal(&changed, &outward.Target{URL: "https://new.example.com"})
			if err == nil {
				err = p.catalog.ChangeEndpoint(p.ctx, store.EndpointChange{Endpoint: changed, What: "address", Target: sealed})
			}
			if err != nil {
				t.Error(err)
			}
		})
		return outward.Outcome{Outcome: heed.OutcomeTaken, Status: 204}
	})
	p.run(func() bool { return said.times() >= 12 })
	for i, to := range said.all {
		if i >= 4 && to != "https://new.example.com" {
			t.Errorf("message %d went to %s", i, to)
		}
	}
}

// TestRecovered: an endpoint that has taken nothing for three days, and then does, is
// not disabled by what it does not take after that.
func TestRecovered(t *testing.T) {
	p := openOutpost(t)
	defer p.catalog.Close()
	e := p.endpoint("prj_p", "a")
	p.queue(e, 6)
	long := time.Now().Add(-outward.GiveUpAfter - time.Hour)
	due, err := p.catalog.DueDeliveries(p.ctx, e.Project, e.ID, time.Now(), 1)
	p.must(err)
	failed := due[0]
	failed.Tries, failed.NextAt = 1, long
	p.must(p.catalog.KeepTry(p.ctx, store.TryResult{Delivery: failed, Try: heed.DeliveryTry{Number: 1, Time: long, Outcome: heed.OutcomeRefused}, RestUntil: long}))
	var said heard
	p.Speak(e.Kind, func(context.Context, *outward.Target, *heed.Delivery) outward.Outcome {
		if said.say("") == 3 {
			return outward.Outcome{Outcome: heed.OutcomeRefused, Status: 500}
		}
		return outward.Outcome{Outcome: heed.OutcomeTaken, Status: 204}
	})
	p.run(func() bool { return p.states(e)[heed.DeliveryDelivered] == 5 })
	now, err := p.catalog.Endpoint(p.ctx, e.Project, e.ID)
	p.must(err)
	if now.State != heed.EndpointActive {
		t.Errorf("it is %s, for %s", now.State, now.Reason)
	}
}

// TestUnknownHistory: what a newer Heed queued is void, and keeps nothing waiting.
func TestUnknownHistory(t *testing.T) {
	p := openOutpost(t)
	defer p.catalog.Close()
	e := p.endpoint("prj_p", "a")
	p.must(p.catalog.QueueDeliveries(p.ctx, store.PositionMove{Project: e.Project, Endpoint: e.ID}, []heed.Delivery{{
		Project: e.Project, ID: "msg_new", Endpoint: e.ID, Type: "wombat.seen", History: "wombats", Object: "w", Event: 1, Happened: noon, QueuedAt: time.Now(), NextAt: noon,
	}}))
	p.queue(e, 1)
	p.Speak(e.Kind, func(context.Context, *outward.Target, *heed.Delivery) outward.Outcome {
		return outward.Outcome{Outcome: heed.OutcomeTaken, Status: 204}
	})
	want := map[heed.DeliveryState]int{heed.DeliveryVoid: 1, heed.DeliveryDelivered: 1}
	p.run(func() bool { return cmp.Equal(want, p.states(e)) })
}

// TestUntold: what cannot be told keeps nothing behind it waiting, and waits itself.
func TestUntold(t *testing.T) {
	p := openOutpost(t, func(c *sqlite.Catalog) outward.Catalog { return &forgetful{Catalog: c, lost: "fnd_lost"} })
	defer p.catalog.Close()
	e := p.endpoint("prj_p", "a")
	var all []heed.Delivery
	for i := range 12 {
		d := heed.Delivery{
			Project: e.Project, ID: heed.DeliveryID(fmt.Sprint("msg_", i)), Endpoint: e.ID, Type: heed.EventFindingCreated, History: "findings", Object: "fnd_lost", Event: int64(i + 1),
			Happened: noon, QueuedAt: time.Now(), NextAt: noon,
		}
		if i >= 6 {
			d.Object, d.Event = fmt.Sprint("fnd_kept", i), 1
		}
		all = append(all, d)
	}
	p.must(p.catalog.QueueDeliveries(p.ctx, store.PositionMove{Project: e.Project, Endpoint: e.ID}, all))
	p.Speak(e.Kind, func(context.Context, *outward.Target, *heed.Delivery) outward.Outcome {
		return outward.Outcome{Outcome: heed.OutcomeTaken, Status: 204}
	})
	want := map[heed.DeliveryState]int{heed.DeliveryWaiting: 6, heed.DeliveryDelivered: 6}
	p.run(func() bool { return cmp.Equal(want, p.states(e)) })
}

// TestFindingIsReadOnce: the history of a finding of which much happened is read once
// to follow it, and once for what is sent together.
func TestFindingIsReadOnce(t *testing.T) {
	const steps = 48
	var catalog *forgetful
	p := openOutpost(t, func(c *sqlite.Catalog) outward.Catalog {
		catalog = &forgetful{Catalog: c, steps: steps}
		return catalog
	})
	defer p.catalog.Close()
	e := p.endpoint("prj_p", "a", "finding.*")
	p.Speak(e.Kind, func(context.Context, *outward.Target, *heed.Delivery) outward.Outcome {
		return outward.Outcome{Outcome: heed.OutcomeTaken, Status: 204}
	})
	p.run(func() bool { return p.states(e)[heed.DeliveryDelivered] == steps })
	if asked := catalog.asked.Load(); asked > 1+steps/4 {
		t.Errorf("it was read %d times", asked)
	}
}

// TestHistoryFails: a history that cannot be read keeps what others tell waiting no
// longer, nor what was queued before.
func TestHistoryFails(t *testing.T) {
	p := openOutpost(t)
	defer p.catalog.Close()
	e := p.endpoint("prj_p", "a", "feedback.*", "alert.*")
	p.queue(e, 1)
	p.stream.fails = heed.Errorf(heed.Unavailable, "the events are not there")
	a := heed.Alert{
		Project: e.Project, ID: "alt_1", Version: 1, Name: "a", Rule: heed.AlertRule{Measure: heed.AlertUnsafe, Hours: 1}, State: heed.AlertOK, Since: noon, CreatedAt: noon, UpdatedAt: noon,
	}
	p.must(p.catalog.CreateAlert(p.ctx, a))
	a.State, a.Since = heed.AlertFiring, time.Now()
	p.must(p.catalog.TurnAlerts(p.ctx, e.Project, []store.AlertTurn{{Alert: a, Reading: heed.AlertReading{At: a.Since, Value: 1, Known: true}}}))
	p.Speak(e.Kind, func(context.Context, *outward.Target, *heed.Delivery) outward.Outcome {
		return outward.Outcome{Outcome: heed.OutcomeTaken, Status: 204}
	})
	p.run(func() bool { return p.states(e)[heed.DeliveryDelivered] == 2 })
}

// TestTurns: more endpoints than are served at once, all slow and with much to be
// told, hold up another for their turn and no longer.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := openOutpost(t)
		defer p.catalog.Close()
		for i := range outward.AtOnce {
			project := heed.ProjectID(fmt.Sprint("prj_", i/16))
			p.queue(p.endpoint(project, fmt.Sprintf("slow%02d", i)), 20)
		}
		quick := p.endpoint("prj_z", "quick")
		p.queue(quick, 1)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		p.Speak(heed.EndpointWebhook, func(ctx context.Context, to *outward.Target, d *heed.Delivery) outward.Outcome {
			if d.Endpoint == quick.ID {
				close(done)
			} else {
				select {
				case <-time.After(outward.SendWithin - time.Second):
				case <-ctx.Done():
				}
			}
			return outward.Outcome{Outcome: heed.OutcomeTaken, Status: 204}
		})
		begun := time.Now()
		var work sync.WaitGroup
		work.Go(func() { p.Run(ctx) })
		<-done
		if took := time.Since(begun); took > outward.Turn+outward.SendWithin {
			t.Errorf("it was told after %v", took)
		}
		cancel()
		work.Wait()
	})
}

// vote is the n-th edit, the first of its feedback.
func vote(n store.Seq) store.NewEdit {
	e := store.NewEdit{First: true}
	e.Seq, e.ID, e.Received = n, heed.FeedbackID(fmt.Sprint("f", n)), time.Now()
	e.Vote = heed.Value(heed.VoteUp)
	return e
}

// TestFeedbackIsAskedOnce: of feedback that is sent together the events are asked
// together, and what was looked through for new feedback is not looked through again
// because others got some.
func TestFeedbackIsAskedOnce(t *testing.T) {
	p := openOutpost(t)
	defer p.catalog.Close()
	e := p.endpoint("prj_p", "a", "feedback.*")
	p.Speak(e.Kind, func(context.Context, *outward.Target, *heed.Delivery) outward.Outcome {
		return outward.Outcome{Outcome: heed.OutcomeTaken, Status: 204}
	})
	looks := func() int {
		p.stream.mu.Lock()
		defer p.stream.mu.Unlock()
		return len(p.stream.after)
	}
	p.stream.move(100)
	step := 0
	p.run(func() bool {
		if looks() > step {
			step++
			p.stream.move(100 * store.Seq(step+1))
			p.Kick()
		}
		return step == 4
	})
	p.stream.mu.Lock()
	for i, after := range p.stream.after[:4] {
		if want := store.Seq(100 * i); after < want {
			t.Errorf("look %d began at %d, and there was nothing up to %d", i, after, want)
		}
	}
	p.stream.mu.Unlock()
	p.stream.move(1004, vote(1001), vote(1002), vote(1003), vote(1004))
	p.run(func() bool { return p.states(e)[heed.DeliveryDelivered] == 4 })
	if n := len(p.stream.asked); n != 1 {
		t.Errorf("four that are sent together are asked for %d times: %v", n, p.stream.asked)
	}
}
