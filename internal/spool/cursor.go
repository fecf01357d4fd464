package spool

import (
	"errors"
	"time"

	wal "github.com/hashicorp/raft-wal"

	"github.com/heed-ai/heed/internal/store"
)

// cursor walks the log from what is stored on, part by part. It is used by one
// goroutine.
type cursor struct {
	spool   *Spool
	skip    store.Seq // parts up to it are passed over
	index   uint64    // of the entry being walked, or walked last
	current entry
	memory  *handover // where entries may be found without reading them, or nil
	tries   int       // how often reading an entry may fail before it is given up
	failed  int       // how often reading the next entry has failed
}

// drainTries is how often the drain tries to read an entry, with its pauses
// between, before it gives it up. That takes some ten seconds.
const drainTries = 10

// cursor begins after what is stored. An entry that cannot be read at the
// tries-th time is passed on as unreadable.
func (s *Spool) cursor(tries int) *cursor {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &cursor{spool: s, skip: s.stored, tries: tries}
	if index := indexOf(s.stored); index > 0 {
		c.index = index - 1
	}
	return c
}

// next returns the next part of the entries up to last, and false if there is
// none. After an error, which may pass, it can be called again.
func (c *cursor) next(last uint64) (part, bool, error) {
	for {
		for p, ok := c.current.next(); ok; p, ok = c.current.next() {
			if p.upTo > c.skip {
				return p, true, nil
			}
		}
		if c.index >= last {
			return part{}, false, nil
		}
		if err := c.advance(); err != nil {
			return part{}, false, err
		}
	}
}

// advance reads the next entry.
func (c *cursor) advance() error {
	c.current = entry{}
	if c.memory != nil {
		if e, ok := c.memory.take(c.index + 1); ok {
			c.current, c.failed = e, 0
			c.index++
			return nil
		}
	}
	data, at, err := c.spool.read(c.index + 1)
	switch {
	case err == nil:
		c.current = openEntry(c.index+1, data, at)
	case errors.Is(err, errNotOpen) || errors.Is(err, ErrClosed):
		return err
	case errors.Is(err, wal.ErrNotFound) && indexOf(c.skip) > c.index:
		// The entry is stored and freed.
	case errors.Is(err, errDamaged) || errors.Is(err, wal.ErrNotFound):
		c.current = unreadableEntry(c.index+1, err)
	default:
		if c.failed++; c.failed < c.tries {
			return err
		}
		c.current = unreadableEntry(c.index+1, err)
	}
	c.failed = 0
	c.index++
	return nil
}

// exhausted tells whether the entries up to index have been walked to the end.
func (c *cursor) exhausted() bool { return c.current.ordinal >= c.current.events }

// read returns an entry of the log.
func (s *Spool) read(index uint64) ([]byte, time.Time, error) {
	s.entriesMu.RLock()
	defer s.entriesMu.RUnlock()
	if s.entries != nil {
		return s.entries.read(index)
	}
	select {
	case <-s.closing:
		return nil, time.Time{}, ErrClosed
	default:
		return nil, time.Time{}, errNotOpen
	}
}
