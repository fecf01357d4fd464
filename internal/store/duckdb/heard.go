package duckdb

import (
	"sync"

	"github.com/heed-ai/heed"
)

// heard is feedback in memory, by the day on which it was given: of each what is
// counted of it, and no text. How many different people spoke, and how many answers
// were rated, are no sums: for a month of a busy product DuckDB takes 80 to 140 ms of
// CPU to tell them apart, and this 10.
//
// A day stays until something in it changes. A question sees the store at one
// moment, and a day is of that moment
//
//   - if it was put in before the question began, so that it is not of a later one, and
//   - if it is still there once the question has its snapshot: whoever changes a day
//     throws it out before the commit, and nobody puts one in while it changes, or
//     what was read before it did.
//
// The rejected alternative was to change days as rows change. It would have to know
// what became of a commit whose answer was lost. Safe for concurrent use.
type heard struct {
	mu   sync.Mutex
	tick uint64 // counts what happens here
	days map[dayOf]*heardDay
	size int // of all days
	room int // a question of more is DuckDB's

	changing    map[dayOf]bool
	allChanging bool
	changed     map[dayOf]uint64 // the ticks of late changes, and
	changedAll  uint64           // one that stands for those of all other days
	rested      uint64
}

// dayOf is a day of a project, counted since 1970, UTC.
type dayOf struct {
	project heed.ProjectID
	day     int64
}

// heardDay is the feedback of one day. It does not change.
type heardDay struct {
	rows     []said
	surfaces []string
	tags     [][]string
	size     int // rows, and what its words take, as if that were rows

	in, used uint64 // ticks
}

// said is one feedback, in saidBytes.
type said struct {
	at      int64    // when it was first given, in microseconds
	person  [16]byte // zero: nobody knows
	answer  uint64   // hash of the answer that it counts for
	series  int32
	surface int32 // of the surfaces of its day
	tags    int32 // of the sets of tags of its day; the first is empty
	is      saidFlags
}

// saidFlags are as heard.load.sql makes them.
type saidFlags int32

const (
	saidUp saidFlags = 1 << iota
	saidDown
	saidRates   // it has a vote or a score
	saidNothing // nothing of it stands
	saidBound
	saidByToken
	saidByPublic
)

const (
	saidBytes = 48
	// maxHeard is how much feedback is kept: 48 MB.
	maxHeard = 1_000_000
	// maxHeardDays bounds a window that is answered from here.
	maxHeardDays = 400
	// maxChanged is how many changes are remembered one by one.
	maxChanged = 10_000
)

func newHeard() *heard {
	return &heard{room: maxHeard, days: map[dayOf]*heardDay{}, changing: map[dayOf]bool{}, changed: map[dayOf]uint64{}}
}

// begin is called before a question has its snapshot; what it returns goes into
// get and put.
func (h *heard) begin() uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.tick
}

// get is called once a question has its snapshot. It returns nil where DuckDB is
// to be asked.
func (h *heard) get(of dayOf, began uint64) *heardDay {
	h.mu.Lock()
	defer h.mu.Unlock()
	d := h.days[of]
	if d == nil || d.in > began {
		return nil
	}
	h.tick++
	d.used = h.tick
	return d
}

// put keeps a day as the snapshot of a question has it.
func (h *heard) put(of dayOf, d *heardDay, began uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.days[of] != nil || h.allChanging || h.changing[of] || max(h.changed[of], h.changedAll) > began {
		return
	}
	h.tick++
	d.in, d.used = h.tick, h.tick
	h.days[of] = d
	h.size += d.size
	for h.size > h.room {
		h.forget(h.oldest())
	}
}

// forget throws a day out. The caller holds the lock.
func (h *heard) forget(of dayOf) {
	if d := h.days[of]; d != nil {
		h.size -= d.size
		delete(h.days, of)
	}
}

// oldest is the day that was not asked for the longest.
func (h *heard) oldest() (oldest dayOf) {
	used := h.tick + 1
	for of, d := range h.days {
		if d.used < used {
			oldest, used = of, d.used
		}
	}
	return oldest
}

// change is called by the writer before it commits a change of some days.
func (h *heard) change(days map[dayOf]bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.changing = days
	for of := range days {
		h.forget(of)
	}
}

// changeAll is called by the writer before it commits a change of any days.
func (h *heard) changeAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.allChanging = true
	clear(h.days)
	h.size = 0
}

// settled is called by the writer after the commit, whatever became of it.
func (h *heard) settled() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tick++
	if len(h.changed)+len(h.changing) > maxChanged {
		clear(h.changed)
		h.changedAll = h.tick
	}
	for of := range h.changing {
		h.changed[of] = h.tick
	}
	if h.allChanging {
		h.changedAll = h.tick
	}
	h.changing, h.allChanging = nil, false
}

// rest throws out what nobody asked for since the last rest.
func (h *heard) rest() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for of, d := range h.days {
		if d.used <= h.rested {
			h.forget(of)
		}
	}
	h.rested = h.tick
}
