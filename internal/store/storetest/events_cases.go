package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

// Events of project p1, made in order of their Seq.

func (w *world) event() store.Event {
	w.seq++
	return store.Event{Seq: w.seq, Project: "p1", Received: birth.Add(time.Duration(w.seq) * time.Second)}
}

func (w *world) answered(id heed.ResponseID, set func(*heed.Response)) store.Event {
	ev := w.event()
	ev.Response = &store.ResponsePart{Response: heed.Response{ID: id}}
	if set != nil {
		set(&ev.Response.Response)
	}
	return ev
}

func (w *world) voted(id heed.FeedbackID, on heed.ResponseID, vote heed.Vote) store.Event {
	ev := w.event()
	ev.Feedback = &store.FeedbackEdit{Edit: heed.Edit{
		ID: id, Target: heed.Target{ResponseID: on}, Vote: heed.Value(vote), Trust: heed.TrustServer,
	}}
	return ev
}

// take appends events, which must succeed.
func (w *world) take(t *testing.T, events ...store.Event) {
	t.Helper()
	if err := w.Append(t.Context(), events, w.seq); err != nil {
		t.Fatalf("append: %v", err)
	}
}

// count asks for the numbers of a project as one group.
func (w *world) count(t *testing.T, project heed.ProjectID) query.Group {
	t.Helper()
	groups, err := w.Stats(t.Context(), query.Stats{Project: project})
	if err != nil {
		t.Fatalf("stats: %v", err)
	}
	if len(groups) == 0 {
		return query.Group{}
	}
	return groups[0]
}

func (w *world) wantPosition(t *testing.T, want store.Seq) {
	t.Helper()
	if got, err := w.Position(t.Context()); err != nil || got != want {
		t.Errorf("position %d (%v), want %d", got, err, want)
	}
}

func eventsOnce(t *testing.T, w *world) {
	first := w.answered("r1", nil)
	second := w.voted("f1", "r1", heed.VoteUp)
	w.take(t, first, second)
	third := w.voted("f2", "r1", heed.VoteDown)
	for range 3 { // as after a crash between the store and the spool
		w.take(t, first, second, third)
	}
	if got := w.count(t, "p1"); got.Responses != 1 || got.Up != 1 || got.Down != 1 {
		t.Errorf("%d responses, %d up, %d down; want one of each", got.Responses, got.Up, got.Down)
	}
	w.wantPosition(t, third.Seq)
}

func eventsSkip(t *testing.T, w *world) {
	w.take(t, w.answered("r1", nil))
	w.seq += 40
	w.take(t) // what was set aside takes its numbers with it
	w.wantPosition(t, w.seq)
	w.reopen(t)
	w.wantPosition(t, w.seq)
}

func eventsRefused(t *testing.T, w *world) {
	good := w.answered("r1", nil)
	for name, spoil := range map[string]func(*store.Event){
		"no project":      func(ev *store.Event) { ev.Project = "" },
		"no time":         func(ev *store.Event) { ev.Received = time.Time{} },
		"nothing in it":   func(ev *store.Event) { ev.Response = nil },
		"two things":      func(ev *store.Event) { ev.Signal = &heed.Signal{ResponseID: "r1", Name: heed.SignalShown, Time: birth} },
		"no id":           func(ev *store.Event) { ev.Response = &store.ResponsePart{} },
		"above the limit": func(ev *store.Event) { ev.Seq = 1000 },
		"not rising":      func(ev *store.Event) { ev.Seq = good.Seq },
	} {
		bad := w.answered("r2", nil)
		spoil(&bad)
		err := w.Append(t.Context(), []store.Event{good, bad}, w.seq)
		wantCode(t, name, heed.Invalid, err)
		w.seq--
	}
	w.wantPosition(t, 0)
	if got := w.count(t, "p1"); got.Responses != 0 {
		t.Errorf("%d responses are stored of batches that were refused", got.Responses)
	}
	w.take(t, good)
	w.wantPosition(t, good.Seq)
}

// The parts of a response make the same response in every order.
func eventsOutOfOrder(t *testing.T, w *world) {
	ms := 120.0
	parts := []store.Event{
		w.answered("r1", func(r *heed.Response) { r.Model, r.Time = "m1", birth }),
		w.answered("r1", func(r *heed.Response) { r.Status, r.DurationMS = heed.StatusOK, &ms }),
		w.voted("f1", "r1", heed.VoteUp),
		w.voted("f1", "r1", heed.VoteDown),
	}
	orders := [][]int{{0, 1, 2, 3}, {1, 0, 2, 3}, {2, 0, 3, 1}, {2, 3, 1, 0}, {2, 1, 3, 0}}
	for i, order := range orders {
		project := heed.ProjectID("order" + string(rune('a'+i)))
		for _, n := range order {
			ev := parts[n]
			w.seq++
			ev.Seq, ev.Project = w.seq, project
			w.take(t, ev) // each alone: between them everything is looked up again
		}
		got := w.count(t, project)
		if got.Responses != 1 || got.Up != 0 || got.Down != 1 || got.Unbound != 0 {
			t.Errorf("order %v: %+v", order, got)
		}
		detail, err := w.Response(t.Context(), project, "r1")
		if err != nil {
			t.Fatal(err)
		}
		r := detail.Response
		if r.Model != "m1" || r.Status != heed.StatusOK || r.DurationMS == nil || *r.DurationMS != ms || !r.Time.Equal(birth) {
			t.Errorf("order %v: response %+v", order, r.Response)
		}
		if len(detail.Feedback) != 1 || !detail.Feedback[0].Bound || detail.Feedback[0].Vote != heed.VoteDown {
			t.Errorf("order %v: feedback %+v", order, detail.Feedback)
		}
	}
}

func eventsBindLate(t *testing.T, w *world) {
	onResponse, onTrace := w.voted("f1", "r1", heed.VoteUp), w.event()
	onTrace.Feedback = &store.FeedbackEdit{Edit: heed.Edit{
		ID: "f2", Target: heed.Target{TraceID: "t1"}, Vote: heed.Value(heed.VoteDown), Trust: heed.TrustServer,
	}}
	w.take(t, onResponse, onTrace)
	if got := w.count(t, "p1"); got.Unbound != 2 || got.Responses != 0 {
		t.Errorf("before: %d unbound, %d responses; want 2 and 0", got.Unbound, got.Responses)
	}
	w.take(t, w.answered("r1", func(r *heed.Response) { r.TraceID, r.Model = "t1", "m1" }))
	if got := w.count(t, "p1"); got.Unbound != 0 || got.Responses != 1 || got.Rated != 1 || got.Up != 1 || got.Down != 1 {
		t.Errorf("after: %+v", got)
	}
	groups, err := w.Stats(t.Context(), query.Stats{Project: "p1", By: []query.Dimension{query.Model}})
	if err != nil || len(groups) != 1 || groups[0].Key[query.Model] != "m1" || groups[0].Up != 1 {
		t.Errorf("by model: %+v (%v)", groups, err)
	}
}

// Of two parts of one call that speak of the same time the later in the call
// wins.
func eventsLaterInCall(t *testing.T, w *world) {
	first := w.answered("r1", func(r *heed.Response) { r.Time, r.Model, r.Status = birth, "m1", heed.StatusError })
	second := w.answered("r1", func(r *heed.Response) { r.Time, r.Model = birth, "m2" })
	first.Response.Output, second.Response.Output = w.seal("one"), w.seal("two")
	second.Received = first.Received
	w.take(t, first, second)
	detail, err := w.Response(t.Context(), "p1", "r1")
	if err != nil {
		t.Fatal(err)
	}
	if r := detail.Response; r.Model != "m2" || r.Status != heed.StatusError {
		t.Errorf("model %s, status %s", r.Model, r.Status)
	}
	if diff := cmp.Diff(second.Response.Output, detail.Response.Output, same()); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

// Of many codes the most frequent keep their names, also once a response told
// another code than before.
func eventsErrorCodes(t *testing.T, w *world) {
	failed := func(id int, code string) store.Event {
		return w.answered(heed.ResponseID(fmt.Sprint("r", id)), func(r *heed.Response) {
			r.Status, r.ErrorType, r.ErrorCode, r.Model = heed.StatusError, "unknown", code, "m1"
		})
	}
	var events []store.Event
	for i := range query.MaxErrorCodes + 5 {
		events = append(events, failed(i, fmt.Sprintf("code%02d", i)))
	}
	last := query.MaxErrorCodes + 4
	events = append(events, failed(100, fmt.Sprintf("code%02d", last)), failed(101, "wrong"), w.answered("r102", nil))
	w.take(t, events...)
	w.take(t, failed(101, fmt.Sprintf("code%02d", last)))
	for name, q := range map[string]query.Stats{
		"by the hour":      {Project: "p1", By: []query.Dimension{query.Provider, query.Model, query.ErrorType}},
		"within an hour":   {Project: "p1", Window: query.Window{From: birth.Add(time.Millisecond), To: birth.Add(time.Minute)}},
		"in another model": {Project: "p1", Filter: query.Filter{query.Model: {"m2"}}},
	} {
		groups, err := w.Stats(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		var codes map[string]int64
		var others, want int64
		for _, g := range groups {
			if g.ErrorCodes != nil {
				codes, others = g.ErrorCodes, g.OtherErrorCodes
			}
		}
		if name != "in another model" {
			want = 5
		}
		if others != want || want > 0 && (len(codes) != query.MaxErrorCodes || codes[fmt.Sprintf("code%02d", last)] != 3 || codes["code00"] != 1) {
			t.Errorf("%s: %v and %d others", name, codes, others)
		}
	}
}

// A project sees nothing of another, whatever names they share.
func eventsIsolation(t *testing.T, w *world) {
	key := [16]byte{1}
	w.take(t, w.answered("r1", func(r *heed.Response) { r.TraceID = "t1" }), w.voted("f1", "r1", heed.VoteUp))
	receipt := w.event()
	receipt.Receipt = &store.Receipt{Key: key, Answer: []byte(`{}`)}
	w.take(t, receipt)
	const other = heed.ProjectID("p2")
	_, errResponse := w.Response(t.Context(), other, "r1")
	states, errFeedback := w.Feedback(t.Context(), other, "f1")
	arrivals, errArrivals := w.Arrivals(t.Context(), other, heed.Target{ResponseID: "r1"}, heed.Target{TraceID: "t1"})
	answers, errAnswers := w.Answers(t.Context(), other, "r1")
	if errFeedback != nil || errArrivals != nil || errAnswers != nil || len(states) != 0 || len(arrivals) != 0 || len(answers) != 0 {
		t.Errorf("of another project: %v (%v), %v (%v), %v (%v)", states, errFeedback, arrivals, errArrivals, answers, errAnswers)
	}
	if answers, err := w.Answers(t.Context(), "p1", "r1", "r1", "r9"); err != nil || len(answers) != 1 || answers["r1"].TraceID != "t1" {
		t.Errorf("answers: %v, %v", answers, err)
	}
	_, errReceipt := w.Receipt(t.Context(), other, key)
	for call, err := range map[string]error{
		"Response": errResponse, "Receipt": errReceipt,
	} {
		wantCode(t, call, heed.NotFound, err)
	}
	responses, err := w.Responses(t.Context(), query.Page{Project: other, Limit: 10})
	if err != nil || len(responses) != 0 {
		t.Errorf("%d responses of another project are listed (%v)", len(responses), err)
	}
	feedback, err := w.Feedbacks(t.Context(), query.Page{Project: other, Limit: 10})
	if err != nil || len(feedback) != 0 {
		t.Errorf("%d feedback of another project are listed (%v)", len(feedback), err)
	}
	if got := w.count(t, other); got.Responses != 0 || got.Up != 0 {
		t.Errorf("another project's numbers: %+v", got)
	}

	// The same names mean something else there.
	vote := w.voted("f1", "r1", heed.VoteDown)
	vote.Project = other
	w.take(t, vote)
	ours, errHere := w.Feedback(t.Context(), "p1", "f1")
	theirs, errThere := w.Feedback(t.Context(), other, "f1")
	here, there := ours["f1"], theirs["f1"]
	if errHere != nil || errThere != nil || here.Vote != heed.VoteUp || !here.Bound || there.Vote != heed.VoteDown || there.Bound {
		t.Errorf("f1 is %+v (%v) and %+v (%v)", here.Feedback, errHere, there.Feedback, errThere)
	}
}

func eventsReopened(t *testing.T, w *world) {
	w.take(t, w.answered("r1", nil), w.voted("f1", "r1", heed.VoteUp))
	before, err := w.Response(t.Context(), "p1", "r1")
	if err != nil {
		t.Fatal(err)
	}
	counted := w.count(t, "p1")
	w.reopen(t)
	after, err := w.Response(t.Context(), "p1", "r1")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, after, same()); diff != "" {
		t.Errorf("after a restart (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(counted, w.count(t, "p1"), same()); diff != "" {
		t.Errorf("after a restart (-before +after):\n%s", diff)
	}
}

// A call whose context has ended changes nothing, says so, and can be made
// again.
func eventsEndedContext(t *testing.T, w *world) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	events := []store.Event{w.answered("r1", nil)}
	_, errStats := w.Stats(ended, query.Stats{Project: "p1"})
	_, errList := w.Responses(ended, query.Page{Project: "p1", Limit: 1})
	for call, err := range map[string]error{
		"Append": w.Append(ended, slices.Clone(events), w.seq), "Stats": errStats, "Responses": errList,
	} {
		wantCode(t, call, heed.Unavailable, err)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v is not context.Canceled", call, err)
		}
	}
	w.wantPosition(t, 0)
	w.take(t, events...)
	if got := w.count(t, "p1"); got.Responses != 1 {
		t.Errorf("%d responses, want 1", got.Responses)
	}
}

// Text that would mean something elsewhere is only text.
func eventsHostileText(t *testing.T, w *world) {
	for i, text := range []string{`'; DROP TABLE responses; --`, `"`, `\`, `%_%`, "\u202e\u0001", "{{7*7}}", "日本\U0001F600", "null", "NaN"} {
		id := heed.ResponseID("r" + text)
		w.take(t, w.answered(id, func(r *heed.Response) { r.Model = text }), w.voted(heed.FeedbackID("f"+string(rune('a'+i))), id, heed.VoteUp))
		got, err := w.Response(t.Context(), "p1", id)
		if err != nil || got.Response.Model != text || len(got.Feedback) != 1 {
			t.Errorf("%q reads back as %+v (%v)", text, got.Response, err)
		}
		groups, err := w.Stats(t.Context(), query.Stats{Project: "p1", Filter: query.Filter{query.Model: {text}}})
		if err != nil || len(groups) != 1 || groups[0].Responses != 1 || groups[0].Up != 1 {
			t.Errorf("filter by %q: %+v (%v)", text, groups, err)
		}
	}
}
