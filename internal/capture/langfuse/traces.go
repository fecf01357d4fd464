package langfuse

import (
	"container/list"
	"sync"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/price"
)

// traces remembers what was said lately of traces and of the generations in
// them. Clients tell in one call when a generation began and in a later one when
// it ended, and who asked in whichever call, before or after; a response needs
// all of it. What is not remembered any more is only not joined: every part is
// durable by itself. Safe for concurrent use.
//
// The rejected alternative was a response for the trace, beside those of its
// generations: it would count every answer twice.
type traces struct {
	room   int // in bytes
	prices price.Table

	mu     sync.Mutex
	used   int
	byID   map[traceKey]*list.Element // of *remembered
	homes  map[generationKey]*remembered
	oldest *list.List // the one that was spoken of longest ago stands first
}

// maxTracesBytes bounds what is remembered of all projects together, and
// maxGenerations how many generations of one trace: some sixty thousand traces.
const (
	maxTracesBytes = 64 << 20
	maxGenerations = 100

	// What keeping a trace or a generation costs beside its texts, about.
	traceBytes      = 500
	generationBytes = 300
)

// traceKey names a trace, or a generation that is in none.
type traceKey struct {
	project heed.ProjectID
	trace   string
	alone   heed.ResponseID
}

// generationKey names a generation, which knows its trace, though not every event
// of it says so.
type generationKey struct {
	project heed.ProjectID
	id      heed.ResponseID
}

type remembered struct {
	key         traceKey
	trace       trace
	generations map[heed.ResponseID]*progress
	size        int
	untold      bool // something of the trace may not have reached its generations
}

func newTraces(room int, prices price.Table) *traces {
	return &traces{room: room, prices: prices, byID: make(map[traceKey]*list.Element), homes: make(map[generationKey]*remembered), oldest: list.New()}
}

// of returns what is remembered of a trace, which is spoken of now.
func (t *traces) of(key traceKey) *remembered {
	if at, ok := t.byID[key]; ok {
		t.oldest.MoveToBack(at)
		return at.Value.(*remembered)
	}
	m := &remembered{key: key, generations: make(map[heed.ResponseID]*progress)}
	t.byID[key] = t.oldest.PushBack(m)
	return m
}

// home returns what is remembered of the trace that a generation is in: the one
// that is named, else the one that it was in before, else none but itself.
func (t *traces) home(project heed.ProjectID, traceID string, id heed.ResponseID) *remembered {
	before, known := t.homes[generationKey{project, id}]
	if traceID == "" {
		if known {
			return t.of(before.key)
		}
		return t.of(traceKey{project: project, alone: id})
	}
	m := t.of(traceKey{project: project, trace: traceID})
	if known && before != m {
		p := before.generations[id]
		t.forget(before, id)
		t.keep(m, id, p)
	}
	return m
}

// keep remembers a generation of a trace, where there is room for one more.
func (t *traces) keep(m *remembered, id heed.ResponseID, p *progress) {
	if _, kept := m.generations[id]; kept || len(m.generations) < maxGenerations {
		m.generations[id] = p
		t.homes[generationKey{m.key.project, id}] = m
	}
	t.weigh(m)
}

// forget ends what is remembered of a generation.
func (t *traces) forget(m *remembered, id heed.ResponseID) {
	delete(m.generations, id)
	delete(t.homes, generationKey{m.key.project, id})
	t.weigh(m)
}

// trim forgets the traces that were spoken of longest ago, as long as there is
// too little room.
func (t *traces) trim() {
	for t.used > t.room {
		at := t.oldest.Front()
		m := at.Value.(*remembered)
		t.oldest.Remove(at)
		delete(t.byID, m.key)
		for id := range m.generations {
			delete(t.homes, generationKey{m.key.project, id})
		}
		t.used -= m.size
	}
}

// weigh counts anew what remembering m takes.
func (t *traces) weigh(m *remembered) {
	size := traceBytes + len(m.key.trace) + len(m.key.alone) + m.trace.size()
	for id, p := range m.generations {
		size += generationBytes + len(id) + p.size()
	}
	t.used += size - m.size
	m.size = size
}
