package outward

import (
	"cmp"
	"context"
	"net/url"
	"sync"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// History is something that only grows and whose every step may be told. What it
// tells of a step is the same whenever it is asked.
type History interface {
	Name() string
	// Noun is what the types of its events begin with.
	Noun() string
	// Last is the position of its end; 0 before the first step.
	Last(ctx context.Context, project heed.ProjectID) (int64, error)
	// After returns steps after a position, limit at most, and the position to go
	// on from; beside an error those before it.
	After(ctx context.Context, project heed.ProjectID, after int64, limit int) (found []Event, to int64, err error)
	// Tell says what happened in each of some steps, in their order.
	Tell(ctx context.Context, project heed.ProjectID, steps []Step) []Told
}

// Step names one step of a history.
type Step struct {
	Object string
	Number int64
}

// Told is what happened in a step, or why that cannot be said: NotFound if it is
// erased by now.
type Told struct {
	Message Message
	Err     error
}

// tellEach tells steps one after the other.
func tellEach(ctx context.Context, project heed.ProjectID, steps []Step, tell func(ctx context.Context, project heed.ProjectID, object string, number int64) (Message, error)) []Told {
	told := make([]Told, len(steps))
	for i, s := range steps {
		told[i].Message, told[i].Err = tell(ctx, project, s.Object, s.Number)
	}
	return told
}

// Event is one step of a history.
type Event struct {
	Type   heed.EventType
	Object string // id of what it is about
	Number int64  // of the step within it
	Time   time.Time
}

// Message is what is told of an event: numbers, ids, tags, states and titles that
// were redacted, never what people wrote.
type Message struct {
	Type  heed.EventType
	Time  time.Time
	Data  any      // of webhooks, as JSON
	Title string   // one line, for people
	Lines []string // more of them
	Path  string   // page of the console about it
	Issue string   // address of the issue that it is about, as the tracker told it

	// Project is what the project is called, for people who look after several.
	Project string
}

// link is the address of the page about it; empty where the console's is not known.
func (m *Message) link(console string) string {
	if console == "" || m.Path == "" {
		return ""
	}
	link := console + m.Path
	if m.Project != "" {
		link += "?" + url.Values{"project": {m.Project}}.Encode()
	}
	return link
}

// follow queues what has happened since the last time and the endpoint wants. A
// history that cannot be read keeps no other waiting; of the errors the first is told.
func (o *Outward) follow(ctx context.Context, e *heed.Endpoint) (failed error) {
	waiting, err := o.Catalog.WaitingDeliveries(ctx, e.Project, e.ID)
	if err != nil {
		return err
	}
	positions, err := o.Catalog.EndpointPositions(ctx, e.Project, e.ID)
	if err != nil {
		return err
	}
	queued := waiting[e.ID]
	for _, h := range o.histories {
		if !e.WantsAny(h.Noun()) {
			continue
		}
		position, known := positions[h.Name()]
		if !known { // this Heed follows more than the one before
			position = -1
		}
		n, err := o.followOne(ctx, e, h, position, maxQueued-queued)
		queued += n
		failed = cmp.Or(failed, err)
	}
	return failed
}

// followOne queues what a history has after a position, or notes its end where there
// was none, and returns how much that is: as much as there is room for, or a page
// more.
func (o *Outward) followOne(ctx context.Context, e *heed.Endpoint, h History, position, room int64) (queued int64, err error) {
	move := store.PositionMove{Project: e.Project, Endpoint: e.ID, History: h.Name(), From: position}
	if position < 0 {
		if move.To, err = h.Last(ctx, e.Project); err == nil {
			_, err = o.move(ctx, move, nil)
		}
		return 0, err
	}
	for queued < room {
		found, to, errAfter := h.After(ctx, e.Project, move.From, pageSize)
		if to == move.From {
			return queued, errAfter
		}
		var all []heed.Delivery
		now := time.Now()
		for _, ev := range found {
			if e.Wants(ev.Type) && ev.Time.After(now.AddDate(0, 0, -heed.DeliveryDays)) {
				all = append(all, newDelivery(e, h.Name(), ev, now))
			}
		}
		move.To = to
		moved, err := o.move(ctx, move, all)
		if err = cmp.Or(err, errAfter); err != nil || !moved {
			return queued, err
		}
		queued += int64(len(all))
		move.From = to
	}
	return queued, nil
}

// move queues deliveries. Where somebody moved the endpoint meanwhile, such as its
// owner, that stands, and nothing is queued.
func (o *Outward) move(ctx context.Context, m store.PositionMove, all []heed.Delivery) (moved bool, err error) {
	err = o.Catalog.QueueDeliveries(ctx, m, all)
	if heed.CodeOf(err) == heed.Conflict {
		return false, nil
	}
	return err == nil, err
}

// catalogHistory is the history of objects that the catalog keeps.
type catalogHistory struct {
	name, noun string
	happenings store.Happenings
	tell       func(ctx context.Context, project heed.ProjectID, steps []Step) []Told
}

func (h catalogHistory) Name() string { return h.name }
func (h catalogHistory) Noun() string { return h.noun }

func (h catalogHistory) Last(ctx context.Context, project heed.ProjectID) (int64, error) {
	return h.happenings.LastHappening(ctx, project, h.name)
}

func (h catalogHistory) After(ctx context.Context, project heed.ProjectID, after int64, limit int) (found []Event, to int64, err error) {
	happened, err := h.happenings.HappeningsAfter(ctx, project, h.name, after, limit)
	if err != nil {
		return nil, after, err
	}
	steps := make([]Step, len(happened))
	for i, one := range happened {
		steps[i] = Step{one.Object, one.Event}
	}
	for i, told := range h.tell(ctx, project, steps) {
		if told.Err != nil && heed.CodeOf(told.Err) != heed.NotFound {
			return found, after, told.Err
		}
		if told.Err == nil {
			found = append(found, Event{Type: told.Message.Type, Object: steps[i].Object, Number: steps[i].Number, Time: happened[i].Time})
		}
		after = happened[i].Position
	}
	return found, after, nil
}

func (h catalogHistory) Tell(ctx context.Context, project heed.ProjectID, steps []Step) []Told {
	return h.tell(ctx, project, steps)
}

// followed is a place in the history of a project's feedback.
type followed struct {
	project heed.ProjectID
	after   int64
}

// feedbackHistory is what became durable of feedback.
type feedbackHistory struct {
	events Events

	mu   sync.Mutex
	idle map[followed]store.Seq // places after which there is nothing up to a Seq
}

func (h *feedbackHistory) Name() string { return "feedback" }
func (h *feedbackHistory) Noun() string { return "feedback" }

func (h *feedbackHistory) Last(ctx context.Context, _ heed.ProjectID) (int64, error) {
	end, err := h.events.Position(ctx)
	return int64(end), err
}

func (h *feedbackHistory) After(ctx context.Context, project heed.ProjectID, after int64, limit int) (found []Event, to int64, err error) {
	end, err := h.events.Position(ctx)
	if err != nil {
		return nil, after, err
	}
	h.mu.Lock()
	looked := h.idle[followed{project, after}]
	h.mu.Unlock()
	if looked >= end {
		return nil, after, nil
	}
	// What was looked through is not looked through again: others' feedback moves
	// the end, and a project that is told nothing for long has a long way to it.
	edits, err := h.events.EditsAfter(ctx, project, max(store.Seq(after), looked), limit)
	if err != nil {
		return nil, after, err
	}
	to = after
	for i := range edits {
		e := &edits[i]
		ev := Event{Type: heed.EventFeedbackUpdated, Object: string(e.ID), Number: int64(e.Seq), Time: e.Received}
		if e.First {
			ev.Type = heed.EventFeedbackCreated
		}
		found, to = append(found, ev), int64(e.Seq)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.idle, followed{project, after})
	if len(found) == 0 {
		h.idle[followed{project, after}] = end
	}
	return found, to, nil
}

// testHistory tells that somebody tried an endpoint, at the time of its number.
type testHistory struct{}

func (testHistory) Name() string                                        { return "tests" }
func (testHistory) Noun() string                                        { return "endpoint" }
func (testHistory) Last(context.Context, heed.ProjectID) (int64, error) { return 0, nil }
func (testHistory) After(_ context.Context, _ heed.ProjectID, after int64, _ int) ([]Event, int64, error) {
	return nil, after, nil
}

func (testHistory) Tell(ctx context.Context, project heed.ProjectID, steps []Step) []Told {
	return tellEach(ctx, project, steps, testMessage)
}

func testMessage(_ context.Context, _ heed.ProjectID, object string, number int64) (Message, error) {
	at := time.UnixMicro(number).UTC()
	return Message{
		Type: heed.EventEndpointTested, Time: at, Data: map[string]string{"endpoint": object},
		Title: "Heed reaches this place", Lines: []string{"Somebody tried it. Nothing happened beside that."}, Path: "/settings/notifications",
	}, nil
}
