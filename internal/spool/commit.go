package spool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// Limits of what is written at once.
const (
	// maxCallBytes bounds what one Append may take on disk. raft-wal itself
	// ends at 64 MiB an entry.
	maxCallBytes = 32 << 20
	// groupBytes bounds an entry that several calls share; one call may be
	// larger.
	groupBytes = 4 << 20
	// keptBytes bounds the buffers of calls that are kept for the next ones.
	keptBytes = 1 << 20
)

// When a sender is told to try again.
const (
	retryFull   = 5 * time.Second
	retryBroken = 2 * time.Second
)

// How often a broken log is opened again.
const (
	firstReopen = 100 * time.Millisecond
	lastReopen  = 2 * time.Second
)

// call is one Append that waits to be durable.
type call struct {
	frames []byte
	events int
	ready  []readyEvent  // the same events for the drain
	done   chan struct{} // closed when first or err is set
	first  store.Seq
	err    error
}

func (c *call) finish(first store.Seq, err error) {
	c.first, c.err = first, err
	close(c.done)
}

// Append makes events durable, all or none, together and in order. It returns
// after fsync with the Seq of the first; the rest follow by one. No events are
// no work, and have Seq 0. The slice is not kept, but what its responses, steps
// and signals point to may go to the store as it is: nobody may change that.
//
// Calls that wait at the same time share one fsync. ctx counts only until the
// events are handed over: from then on the outcome is near and is waited for,
// so that the caller always knows it. Errors are Unavailable if the spool is
// full, cannot be written or is closed, TooLarge, or Invalid for an event that
// has no encoding; then nothing was stored.
func (s *Spool) Append(ctx context.Context, events []store.Event) (store.Seq, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if len(events) == 0 {
		return 0, nil
	}
	if len(events) > maxEntryEvents {
		return 0, heed.Errorf(heed.TooLarge, "too many events in one request: send at most %d", maxEntryEvents)
	}
	if err := s.refusal(1); err != nil {
		return 0, err
	}
	buf := s.buffers.Get().(*bytes.Buffer)
	defer s.giveBack(buf)
	if err := s.codec.frames(buf, events); err != nil {
		return 0, heed.Wrap(heed.Invalid, err, "an event cannot be encoded")
	}
	frames := buf.Bytes()
	if size := int64(len(frames)); size > maxCallBytes || size+entryOverhead > s.cfg.MaxBytes {
		return 0, heed.Errorf(heed.TooLarge, "the request is too large to be kept: split it")
	}
	c := &call{frames: frames, events: len(events), ready: readyEvents(events, frames), done: make(chan struct{})}
	if err := s.enqueue(c); err != nil {
		return 0, err
	}
	<-c.done
	return c.first, c.err
}

// giveBack keeps a buffer for the next call, unless this one was large.
func (s *Spool) giveBack(buf *bytes.Buffer) {
	if buf.Cap() <= keptBytes {
		buf.Reset()
		s.buffers.Put(buf)
	}
}

// diskBytes is what a call takes on disk at most: it may get an entry of its
// own.
func (c *call) diskBytes() int64 { return int64(len(c.frames)) + entryOverhead }

// refusal returns why a call of so many bytes cannot be taken now, or nil.
func (s *Spool) refusal(bytes int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refusalLocked(bytes)
}

func (s *Spool) refusalLocked(bytes int64) error {
	switch {
	case s.closed:
		return closedError()
	case s.broken:
		return unavailable(retryBroken, nil, "Heed cannot write to its disk at the moment: try again")
	case s.pending.bytes+s.waiting+bytes > s.cfg.MaxBytes:
		return unavailable(retryFull, nil, "Heed has accepted as much as it may before storing it: try again")
	}
	return nil
}

func (s *Spool) enqueue(c *call) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.refusalLocked(c.diskBytes()); err != nil {
		return err
	}
	s.queue = append(s.queue, c)
	s.waiting += c.diskBytes()
	signal(s.arrived)
	return nil
}

// signal wakes the one who waits on a channel that holds one.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// commitLoop is the one writer of the log. It commits whatever has come since
// the last commit, without waiting for more, and opens the log again after a
// write has failed. It ends when the spool is closed and nothing waits.
func (s *Spool) commitLoop() {
	defer close(s.committed)
	w := &committer{spool: s}
	for {
		for group := s.takeGroup(); len(group) > 0; group = s.takeGroup() {
			w.commit(group)
		}
		var again <-chan time.Time
		if s.isBroken() {
			w.pause = min(max(2*w.pause, firstReopen), lastReopen)
			again = time.After(w.pause)
		}
		select {
		case <-s.arrived:
		case answer := <-s.sheds:
			answer <- w.shed()
		case <-again:
			w.tryReopen()
		case <-s.closing:
			// Nobody can enqueue any more; what has been goes first.
			for group := s.takeGroup(); len(group) > 0; group = s.takeGroup() {
				w.commit(group)
			}
			return
		}
	}
}

// takeGroup takes the calls that the next entry will hold.
func (s *Spool) takeGroup() []*call {
	s.mu.Lock()
	defer s.mu.Unlock()
	bytes, events, n := 0, 0, 0
	for _, c := range s.queue {
		bytes += len(c.frames)
		events += c.events
		if n > 0 && (bytes > groupBytes || events > maxEntryEvents) {
			break
		}
		n++
	}
	group := s.queue[:n:n]
	s.queue = s.queue[n:]
	if len(s.queue) == 0 {
		s.queue = nil
	}
	return group
}

func (s *Spool) isBroken() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broken
}

// committer is the state of the one goroutine that writes the log.
type committer struct {
	spool   *Spool
	buf     []byte
	failing error // why the last write failed; nil after one that did not

	pause    time.Duration // before the log is opened again
	obstacle string        // why it could not be the last time
}

// commit writes one entry for a group of calls and tells them.
func (w *committer) commit(group []*call) {
	s := w.spool
	events, waiting := 0, int64(0)
	for _, c := range group {
		events += c.events
		waiting += c.diskBytes()
	}
	w.buf = appendEntryHeader(w.buf[:0], events)
	for _, c := range group {
		w.buf = append(w.buf, c.frames...)
	}
	now := time.Now()
	index, err := w.write(now)
	if err == nil {
		s.handover.put(index, group, len(w.buf), now) // before the drain can know of it
	}
	s.mu.Lock()
	s.waiting -= waiting
	if err == nil {
		s.last = index
		s.countPending(part{count: events, bytes: len(w.buf) - entryHeaderBytes + entryOverhead, at: now})
		s.appended += uint64(events)
		s.commits++
	}
	s.mu.Unlock()
	if cap(w.buf) > 2*groupBytes {
		w.buf = nil
	}
	ordinal := 0
	for _, c := range group {
		c.finish(seqOf(index, ordinal), err)
		ordinal += c.events
	}
	signal(s.grown)
}

// write appends what is in buf to the log, and notes whether that works.
func (w *committer) write(now time.Time) (uint64, error) {
	s := w.spool
	if s.isBroken() {
		return 0, unavailable(retryBroken, w.failing, "Heed cannot write to its disk at the moment: try again")
	}
	index := s.last + 1 // only this goroutine changes it
	err := s.entries.append(index, w.buf, now)
	if err == nil {
		if w.failing != nil {
			s.log.Info("spool: writing works again")
		}
		w.failing, w.pause = nil, 0
		return index, nil
	}
	if w.failing == nil {
		s.log.Error("spool: cannot write: refusing new events until it works again", "err", err)
	}
	w.failing = err
	s.mu.Lock()
	s.broken = true
	s.mu.Unlock()
	return 0, unavailable(retryBroken, err, "Heed cannot write to its disk at the moment: try again")
}

// tryReopen opens a broken log again, or says why not, once for each reason.
func (w *committer) tryReopen() {
	err := w.reopen()
	if err == nil {
		w.obstacle = ""
		return
	}
	if text := err.Error(); w.obstacle != text {
		w.obstacle = text
		w.spool.log.Warn("spool: cannot go on writing yet", "err", err)
	}
}

// reopen makes a broken log whole. While there is no room for another segment
// the old one stays open, because the drain reads from it and may make the
// room.
func (w *committer) reopen() error {
	s := w.spool
	if err := makeRoom(s.vfs, s.dir, s.cfg.SegmentBytes); err != nil {
		return fmt.Errorf("make room for a segment: %w", err)
	}
	s.entriesMu.Lock()
	defer s.entriesMu.Unlock()
	if s.entries != nil {
		err := s.entries.close()
		s.entries = nil
		if err != nil {
			return err
		}
	}
	entries, err := openLog(s.dir, s.cfg.SegmentBytes, s.vfs, s.log)
	if err != nil {
		return err
	}
	if err := w.adopt(entries); err != nil {
		return errors.Join(err, entries.close())
	}
	s.entries = entries
	s.mu.Lock()
	s.broken = false
	s.mu.Unlock()
	return nil
}

// adopt checks a log that was opened again against what is known to be
// durable. An entry that was reported as failed and could not be cut off is
// taken in.
func (w *committer) adopt(entries *segmentLog) error {
	s := w.spool
	first, last, err := entries.bounds()
	switch {
	case err != nil:
		return err
	case first == 0 || last == s.last:
		return nil // an empty log takes any index
	case last < s.last:
		return fmt.Errorf("entries %d to %d are gone", last+1, s.last)
	}
	for index := s.last + 1; index <= last; index++ {
		data, at, err := entries.read(index)
		e := openEntry(index, data, at)
		if err != nil {
			e = unreadableEntry(index, err)
		}
		s.mu.Lock()
		for p, ok := e.next(); ok; p, ok = e.next() {
			s.countPending(p)
		}
		s.last = index
		s.mu.Unlock()
	}
	signal(s.grown)
	return nil
}
