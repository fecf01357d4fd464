// Package spool is the crash-safe queue on disk between accepted and stored.
// An event is in it from before its acknowledgement until the store has it, so
// that accepting never waits for the store, and nothing acknowledged is lost
// or doubled by a crash of either.
package spool

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	walfs "github.com/hashicorp/raft-wal/fs"
	"github.com/hashicorp/raft-wal/types"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// ErrClosed is the cause of errors after Close.
var ErrClosed = errors.New("the spool is closed")

// errNotOpen says that the log is being opened again after a failed write.
var errNotOpen = errors.New("the spool is not open at the moment")

// Spool is a queue of events on disk. Its folder holds
//
//	wal/      the log of entries (entry.go)
//	aside/    events that can never be stored, each with the reason
//
// All methods are safe for concurrent use. One process uses a folder at a
// time; its lock is the caller's business.
type Spool struct {
	cfg   Config
	log   *slog.Logger
	codec codec
	vfs   types.VFS
	dir   string // of the log
	aside *aside

	handover *handover
	buffers  sync.Pool // *bytes.Buffer, for the frames of a call until it is done

	// entries is nil while it is being opened again. Only the committer
	// writes the field or appends; others read under the read lock.
	entriesMu sync.RWMutex
	entries   *segmentLog

	sheds     chan chan error
	arrived   chan struct{} // a call waits for the committer; holds one
	grown     chan struct{} // there is more to drain; holds one
	closing   chan struct{} // closed by Close
	committed chan struct{} // closed when the committer has ended
	closeOnce sync.Once
	closeErr  error
	draining  atomic.Bool

	mu      sync.Mutex
	queue   []*call // wait for the committer
	closed  bool
	broken  bool      // a write failed and the log is not open again yet
	last    uint64    // index of the last entry that is durable
	stored  store.Seq // everything up to it is stored or set aside
	oldest  time.Time // when the oldest pending event became durable; a close guess while draining
	waiting int64     // bytes of calls in queue or being committed
	pending struct {
		bytes  int64
		events int64
	}
	appended, commits uint64
}

// Open opens the spool in dir and makes the folder if it is not there. stored
// is the position of the store: everything up to it is stored already. If it
// is ahead of the spool, because the spool's folder was lost, numbering goes on
// above it.
func Open(dir string, cfg Config, stored store.Seq, log *slog.Logger) (*Spool, error) {
	return open(dir, cfg, stored, log, walfs.New())
}

func open(dir string, cfg Config, stored store.Seq, log *slog.Logger, vfs types.VFS) (*Spool, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	s := &Spool{
		cfg: cfg, log: log, vfs: vfs, dir: filepath.Join(dir, "wal"), handover: newHandover(), stored: stored,
		sheds: make(chan chan error), arrived: make(chan struct{}, 1), grown: make(chan struct{}, 1),
		closing: make(chan struct{}), committed: make(chan struct{}),
	}
	s.buffers.New = func() any { return &bytes.Buffer{} }
	if err := s.prepare(dir); err != nil {
		return nil, fmt.Errorf("open the spool in %s: %w", dir, err)
	}
	go s.commitLoop()
	return s, nil
}

// prepare opens everything and counts what is pending.
func (s *Spool) prepare(dir string) error {
	var err error
	if s.codec, err = newCodec(); err != nil {
		return err
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	if s.aside, err = openAside(filepath.Join(dir, "aside")); err != nil {
		return err
	}
	if err := errors.Join(syncDir(dir), removeRoom(s.dir)); err != nil {
		return err
	}
	if s.entries, err = openLog(s.dir, s.cfg.SegmentBytes, s.vfs, s.log); err != nil {
		return err
	}
	if err := s.takeStock(); err != nil {
		return errors.Join(err, s.entries.close())
	}
	return nil
}

// takeStock learns from the log what is pending, gives back what is stored,
// and finds where numbering goes on.
func (s *Spool) takeStock() error {
	floor := indexOf(s.stored)
	first, last, err := s.entries.bounds()
	if err != nil {
		return err
	}
	if last < floor {
		// Nothing here is pending, and the next entry cannot follow the last.
		s.last = floor
		return s.entries.clear()
	}
	s.last = last
	if first > floor {
		// What was before the first entry was stored once; the store has lost it.
		s.stored = lastSeqOf(first - 1)
	}
	if err := s.entries.freeBelow(floor); err != nil {
		return err
	}
	c := s.cursor(1)
	for {
		p, ok, err := c.next(last)
		if err != nil {
			return err
		}
		if !ok {
			return nil
		}
		s.countPending(p)
	}
}

// countPending adds a part to what is pending. The caller holds mu, or is
// alone.
func (s *Spool) countPending(p part) {
	if s.pending.events == 0 {
		s.oldest = p.at
	}
	s.pending.bytes += int64(p.bytes)
	s.pending.events += int64(p.count)
}

// Pending iterates over the events that are not stored yet, in order; a part
// of the log that can never be stored is left to Drain. It is meant to be used
// once, before Drain. An error ends it.
func (s *Spool) Pending() iter.Seq2[store.Event, error] {
	return func(yield func(store.Event, error) bool) {
		s.mu.Lock()
		last := s.last
		s.mu.Unlock()
		c := s.cursor(1)
		for {
			p, ok, err := c.next(last)
			if err != nil {
				yield(store.Event{}, err)
				return
			}
			if !ok {
				return
			}
			if p.err != nil {
				continue
			}
			ev, err := s.codec.event(p.seq, p.event)
			if err == nil && !yield(ev, nil) {
				return
			}
		}
	}
}

// Full reports whether Append refuses at this moment, because the spool has
// reached its bound or cannot be written.
func (s *Spool) Full() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed || s.broken || s.pending.bytes+s.waiting >= s.cfg.MaxBytes
}

// Close commits the calls that wait, then closes the files. It is to be called
// after Drain has returned. Calling it again does nothing.
func (s *Spool) Close() error {
	s.closeOnce.Do(func() {
		s.mu.Lock()
		s.closed = true
		s.mu.Unlock()
		close(s.closing)
		<-s.committed
		s.entriesMu.Lock()
		defer s.entriesMu.Unlock()
		if s.entries != nil {
			s.closeErr = s.entries.close()
			s.entries = nil
		}
	})
	return s.closeErr
}

func unavailable(after time.Duration, cause error, message string) *heed.Error {
	return &heed.Error{Code: heed.Unavailable, Message: message, RetryAfter: after, Err: cause}
}

func closedError() error {
	return unavailable(retryBroken, ErrClosed, "Heed is stopping: try again")
}
