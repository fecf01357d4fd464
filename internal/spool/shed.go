package spool

import (
	"context"
	"errors"
	"time"
)

// shedEvery is how often Shed looks whether everything is stored.
const shedEvery = 50 * time.Millisecond

// errPending says that entries are not stored yet.
var errPending = errors.New("not everything in the spool is stored")

// Shed removes the entries that are stored from the disk. Without it the last
// segment keeps them until it is full. It waits for a moment when all are stored,
// until ctx is done; a spool that never has one fills its segments soon, and so
// removes them by itself. Appending waits for some milliseconds.
func (s *Spool) Shed(ctx context.Context) error {
	for {
		answer := make(chan error, 1)
		select {
		case s.sheds <- answer:
		case <-s.closing:
			return closedError()
		case <-ctx.Done():
			return ctx.Err()
		}
		// The committer answers whatever it has taken.
		if err := <-answer; !errors.Is(err, errPending) {
			return err
		}
		select {
		case <-time.After(shedEvery):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// shed begins the log anew if nothing in it is needed. raft-wal may still be busy
// with the last segment, so the log is closed first, and opened as at a start.
func (w *committer) shed() error {
	s := w.spool
	s.entriesMu.Lock()
	defer s.entriesMu.Unlock()
	s.mu.Lock()
	pending := s.broken || s.pending.events > 0 || indexOf(s.stored) < s.last
	s.mu.Unlock()
	if pending || s.entries == nil {
		return errPending
	}
	err := s.entries.close()
	s.entries = nil
	if err == nil {
		s.entries, err = openLog(s.dir, s.cfg.SegmentBytes, s.vfs, s.log)
	}
	if err == nil {
		err = s.entries.clear()
	}
	if err != nil {
		w.failing = err
		s.mu.Lock()
		s.broken = true // and is opened again
		s.mu.Unlock()
	}
	return err
}
