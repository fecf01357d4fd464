package spool

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"github.com/heed-ai/heed/internal/store"
)

// handover gives the drain the entries of this process from memory, so that
// what was just encoded is neither read nor decoded again. It only saves work:
// an entry comes here once it is durable, and what had no room, and all that
// was there before the process, the drain reads from the log. Safe for
// concurrent use.
type handover struct {
	mu      sync.Mutex
	entries map[uint64]handed // by index
	room    int               // bytes, as on disk
}

// handed is one entry in memory.
type handed struct {
	at     time.Time
	events []readyEvent
	bytes  int
}

// readyEvent is one event of an entry in memory: a response, step or signal as
// it was appended, anything else as it lies in the log. Those three are the
// many; what the others hold, CBOR changes in ways that are the codec's
// business, so those are decoded on this way as on the other.
type readyEvent struct {
	event store.Event
	data  []byte // CBOR, if event is not there
	bytes int    // of its frame
}

// handoverBytes bounds what waits in memory: two full batches. As Go keeps it,
// a response without texts is two to three times what it is on disk.
const handoverBytes = 16 << 20

func newHandover() *handover {
	return &handover{entries: make(map[uint64]handed), room: handoverBytes}
}

// readyEvents lists the events of one call with the frames they have in the
// log. It keeps responses, steps and signals, and no more of frames than the others.
func readyEvents(events []store.Event, frames []byte) []readyEvent {
	ready := make([]readyEvent, len(events))
	for i := range events {
		length := int(binary.LittleEndian.Uint32(frames))
		ready[i].bytes = frameHeaderBytes + length
		if ev := &events[i]; ev.Response != nil || ev.Step != nil || ev.Signal != nil {
			ready[i].event = belonging(*ev)
		} else {
			ready[i].data = bytes.Clone(frames[frameHeaderBytes : frameHeaderBytes+length])
		}
		frames = frames[frameHeaderBytes+length:]
	}
	return ready
}

// put offers an entry that has become durable. Without its events, which only
// tests leave out, it is not taken.
func (h *handover) put(index uint64, group []*call, bytes int, at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if bytes > h.room || slices.ContainsFunc(group, func(c *call) bool { return c.ready == nil }) {
		return
	}
	e := handed{at: at, bytes: bytes}
	if len(group) == 1 {
		e.events = group[0].ready
	} else {
		for _, c := range group {
			e.events = append(e.events, c.ready...)
		}
	}
	h.room -= bytes
	h.entries[index] = e
}

// take returns an entry, which then is here no more; false if it is to be read
// from the log.
func (h *handover) take(index uint64) (entry, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	e, ok := h.entries[index]
	if !ok {
		return entry{}, false
	}
	delete(h.entries, index)
	h.room += e.bytes
	return entry{index: index, at: e.at, ready: e.events, events: len(e.events)}, true
}

// part is the event as a part of the log.
func (r *readyEvent) part(seq store.Seq, at time.Time) part {
	p := part{seq: seq, upTo: seq, at: at, event: r.data, count: 1, bytes: r.bytes}
	if r.data == nil {
		r.event.Seq = seq
		p.ready = &r.event
	}
	return p
}

// belonging returns a response, step or signal whose part has the project of
// the event, as the codec returns it. Others may be reading ev.
func belonging(ev store.Event) store.Event {
	if r := ev.Response; r != nil && r.Project != ev.Project {
		own := *r
		own.Project, ev.Response = ev.Project, &own
	}
	if s := ev.Step; s != nil && s.Project != ev.Project {
		own := *s
		own.Project, ev.Step = ev.Project, &own
	}
	if s := ev.Signal; s != nil && s.Project != ev.Project {
		own := *s
		own.Project, ev.Signal = ev.Project, &own
	}
	return ev
}
