package duckdb

import (
	"sync"
	"sync/atomic"
)

// seen remembers which keys may be stored, so that the common answer "this is
// new" needs no query. It can err on one side only: what it has not seen is
// not stored. Until it has been filled from the tables it has seen everything.
// Safe for concurrent use.
//
// It is a Bloom filter in generations, each twice the one before, so that it
// is small for a small store and needs no guess of the final size. A perfect
// set of ten million keys would take 200 MB; this takes 35 to 70. With fewer bits a
// key some of the thousands that a batch asks about seem to be there by chance, and
// then the batch scans tables in vain: its cost grows with what is stored.
type seen struct {
	filled atomic.Bool

	mu          sync.RWMutex
	generations []*filter
	room        int // keys until the last generation is full
}

const firstGeneration = 1 << 16

// kind keeps keys of different things apart.
type kind byte

const (
	seenResponse kind = iota + 1 // responseHash
	seenTrace                    // traceHash of a response
	seenFeedback                 // feedbackHash
	seenTarget                   // responseHash or traceHash that feedback or a signal speaks of
	seenSignal                   // first half of signalKey
	seenShown                    // responseHash of a response that was shown
	seenChange                   // first half of changeKey
	seenReceipt                  // receiptHash
	seenAgent                    // traceHash of the run of an agent
)

// seenKey is the hash of a thing as the filter has it.
func seenKey(k kind, hash uint64) uint64 { return scrambled(hash + uint64(k)*0x9e3779b97f4a7c15) }

func (s *seen) add(k kind, hash uint64) {
	key := seenKey(k, hash)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.room == 0 {
		s.room = firstGeneration << len(s.generations)
		s.generations = append(s.generations, newFilter(s.room))
	}
	if s.generations[len(s.generations)-1].add(key) {
		s.room--
	}
}

// maybe reports false only if the key is not stored.
func (s *seen) maybe(k kind, hash uint64) bool {
	if !s.filled.Load() {
		return true
	}
	key := seenKey(k, hash)
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, g := range s.generations {
		if g.has(key) {
			return true
		}
	}
	return false
}
