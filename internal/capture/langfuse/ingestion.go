package langfuse

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/capture/fields"
	"github.com/heed-ai/heed/internal/rest"
)

// batchAnswer says of every event of a batch what became of it.
type batchAnswer struct {
	Successes []success   `json:"successes"`
	Errors    []rejection `json:"errors"`
}

type success struct {
	ID     string `json:"id"`
	Status int    `json:"status"`
}

type rejection struct {
	ID      string `json:"id"`
	Status  int    `json:"status"`
	Message string `json:"message"`
	Error   string `json:"error"`
}

func (a *API) ingest(w http.ResponseWriter, r *http.Request) (any, error) {
	who, err := a.door.AdmitPair(r)
	if err != nil {
		return nil, err
	}
	mostBytes, most := int64(MaxBatchBytes), MaxBatch
	if who.Trust != heed.TrustServer {
		mostBytes, most = MaxPageBatchBytes, MaxPageBatch
	}
	body, err := capture.ReadBody(w, r, mostBytes)
	if err != nil {
		return nil, err
	}
	texts, err := fields.List(body, "batch", most)
	if err != nil {
		return nil, err
	}
	if err := a.door.Charge(who, len(texts)); err != nil {
		return nil, err
	}
	now := time.Now()
	events := make([]event, 0, len(texts))
	for _, text := range texts {
		ev := decodeEvent(text, now)
		if ev.score != nil {
			ev.digest = digestOf(who.Project, text)
		}
		events = append(events, ev)
	}
	return a.accept(r, who, events)
}

// accept takes the events in and answers what became of each.
func (a *API) accept(r *http.Request, who access.Principal, events []event) (any, error) {
	if err := who.MayDescribe(); err != nil {
		for i := range events {
			events[i].describes(err)
		}
	}
	drafts := append(a.traces.draft(who.Project, events), a.draftScores(events)...)
	items := make([]capture.Item, 0, len(drafts))
	for _, d := range drafts {
		items = append(items, d.item)
	}
	answer, _, err := a.intake.Accept(r.Context(), who, capture.Call{}, items, func(outcomes []capture.Outcome) (any, error) {
		for i, outcome := range outcomes {
			for _, n := range drafts[i].events {
				events[n].refuse(named(outcome.Err))
			}
		}
		return answerOf(events), nil
	})
	if err != nil {
		a.traces.untell(who.Project, events)
		return nil, err
	}
	for i := range events {
		if ev := &events[i]; ev.err == nil && ev.score != nil {
			a.repeats.add(ev.digest)
		}
	}
	return json.RawMessage(answer), nil
}

// draftScores makes a feedback of each score that was not taken before, in the
// order in which they were given: in a batch they stand in any.
func (a *API) draftScores(events []event) []*draft {
	var drafts []*draft
	for i := range events {
		if ev := &events[i]; ev.err == nil && ev.score != nil && !a.repeats.has(ev.digest) {
			drafts = append(drafts, &draft{item: capture.Item{Feedback: ev.score}, events: []int{i}})
		}
	}
	slices.SortStableFunc(drafts, func(a, b *draft) int { return a.item.Feedback.Time.Compare(b.item.Feedback.Time) })
	return drafts
}

func answerOf(events []event) batchAnswer {
	answer := batchAnswer{Successes: []success{}, Errors: []rejection{}}
	for i := range events {
		ev := &events[i]
		if ev.err == nil {
			answer.Successes = append(answer.Successes, success{ev.id, http.StatusCreated})
			continue
		}
		problem := rest.From(ev.err)
		refused := rejection{ID: ev.id, Status: problem.Status, Message: problem.Title, Error: problem.Detail}
		if problem.Code == heed.Invalid {
			refused.Message = invalidRequest
		}
		answer.Errors = append(answer.Errors, refused)
	}
	return answer
}
