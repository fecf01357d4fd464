package gateway

import (
	"context"
	"sync"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/capture/command"
	"github.com/heed-ai/heed/internal/privacy"
)

// HoldLimits bound a Hold. Where one of them is 0, it holds nothing.
type HoldLimits struct {
	Age   time.Duration // how long a call is held
	Bytes int64         // how much all calls together may take
}

const (
	// holdShare is how many of the largest calls find room at once: one that
	// would take more is not held, so that it does not push out everything else.
	holdShare = 16
	// holdExtra is counted for each call beside its texts: what it takes to find it.
	holdExtra = 512
)

// Hold keeps what was asked and answered in the last calls, so that a person who
// consents can add it to their feedback without their browser sending it again.
// It is in memory only and never written; whoever takes something out of it
// answers for the consent. Calls of one project are never found for another.
//
// A call is let go when its time is over, whether or not anybody calls, or
// before that when there are newer ones and no room. Safe for concurrent use.
type Hold struct {
	limits HoldLimits

	mu             sync.Mutex
	calls          map[holdKey]*heldCall
	oldest, newest *heldCall // in the order in which their time is over
	bytes          int64
	over           *time.Timer // for the oldest; nil while there is none
	closed         bool
	erased         map[personKey]time.Time // when people asked to be erased, lately
}

// personKey is a person of a project.
type personKey struct {
	project heed.ProjectID
	person  heed.Respondent
}

// longestCall is how long after it began a call may still come to be held.
const longestCall = time.Hour

type holdKey struct {
	project  heed.ProjectID
	response heed.ResponseID
}

// heldCall is one call in the line of those that are held. What it holds does not
// change, but for its place in the line, which is the hold's.
type heldCall struct {
	key           holdKey
	api           command.API     // in which it was asked; empty: as a text to go on from
	person        heed.Respondent // for whom it was; zero: nobody is known
	input         privacy.Raw     // the body of the request, as the model got it
	output        privacy.Raw     // the text of the answer, as far as it came
	until         time.Time
	before, after *heldCall
}

func (h *heldCall) size() int64 {
	return int64(h.input.Len()+h.output.Len()+len(h.key.response)) + holdExtra
}

func newHold(limits HoldLimits) *Hold {
	return &Hold{limits: limits, calls: make(map[holdKey]*heldCall), erased: make(map[personKey]time.Time)}
}

// get returns a call, and false where it is not held, or no more.
func (h *Hold) get(project heed.ProjectID, id heed.ResponseID) (*heldCall, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	call, ok := h.calls[holdKey{project, id}]
	if !ok || !time.Now().Before(call.until) {
		return nil, false
	}
	return call, true
}

// Forget lets a call go before its time.
func (h *Hold) Forget(project heed.ProjectID, id heed.ResponseID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if call, ok := h.calls[holdKey{project, id}]; ok {
		h.drop(call)
	}
}

// ForgetPerson lets every call of a person go, also those that have begun and are
// not held yet.
func (h *Hold) ForgetPerson(project heed.ProjectID, person heed.Respondent) {
	if person.IsZero() {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	for key, at := range h.erased {
		if now.Sub(at) > longestCall {
			delete(h.erased, key)
		}
	}
	h.erased[personKey{project, person}] = now
	for call := h.oldest; call != nil; {
		after := call.after // drop takes it out of the line
		if call.key.project == project && call.person == person {
			h.drop(call)
		}
		call = after
	}
}

// Held tells how many calls are held, and what they take.
func (h *Hold) Held() (calls int, bytes int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.calls), h.bytes
}

// put holds a call that began at a time; of two with one id it is the later one.
func (h *Hold) put(began time.Time, call *heldCall) {
	call.until = time.Now().Add(h.limits.Age)
	if h.limits.Age <= 0 || call.size() > h.limits.Bytes/holdShare {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || !began.After(h.erased[personKey{call.key.project, call.person}]) {
		return
	}
	if earlier, ok := h.calls[call.key]; ok {
		h.drop(earlier)
	}
	for h.oldest != nil && h.bytes+call.size() > h.limits.Bytes {
		h.drop(h.oldest)
	}
	h.calls[call.key] = call
	h.bytes += call.size()
	if call.before = h.newest; h.newest != nil {
		h.newest.after = call
	} else {
		h.oldest = call
	}
	h.newest = call
	if h.over == nil {
		h.over = time.AfterFunc(h.limits.Age, h.expire)
	}
}

// expire lets go of all calls whose time is over, and comes again when that of
// the next one is.
func (h *Hold) expire() {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	for h.oldest != nil && !now.Before(h.oldest.until) {
		h.drop(h.oldest)
	}
	if h.over = nil; h.oldest != nil {
		h.over = time.AfterFunc(h.oldest.until.Sub(now), h.expire)
	}
}

// drop lets go of one call. The caller holds mu.
func (h *Hold) drop(call *heldCall) {
	delete(h.calls, call.key)
	h.bytes -= call.size()
	if call.before != nil {
		call.before.after = call.after
	} else {
		h.oldest = call.after
	}
	if call.after != nil {
		call.after.before = call.before
	} else {
		h.newest = call.before
	}
	call.before, call.after = nil, nil
	if len(h.calls) == 0 {
		h.calls = make(map[holdKey]*heldCall) // a map keeps the room of all it ever held
	}
}

// close lets go of everything.
func (h *Hold) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	if h.over != nil {
		h.over.Stop()
	}
	h.calls, h.oldest, h.newest, h.bytes = nil, nil, nil, 0
}

// beHeld has a call held whose answer a person may have seen, if all of it that
// came could be read.
func (c *call) beHeld(r *capture.Response) {
	if c.kind.operation == "embeddings" || r.Input.IsZero() || !c.record.answer.whole() || c.said.cut {
		return
	}
	var person heed.Respondent
	if !r.User.IsZero() {
		var err error
		// The caller may be gone. What cannot be said whose it is could not be erased.
		if person, err = c.gateway.recorder.intake.Respondent(context.Background(), c.who.Project, r.User); err != nil {
			return
		}
	}
	c.gateway.hold.put(c.begun, &heldCall{
		key: holdKey{c.who.Project, r.ID}, api: c.kind.chat, person: person, input: r.Input, output: r.Output,
	})
}
