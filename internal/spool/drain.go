package spool

import (
	"context"
	"errors"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// How long the drain pauses before it tries again.
const (
	firstRetry = 50 * time.Millisecond
	lastRetry  = 2 * time.Second
)

// errDraining is the mistake of draining twice at once.
var errDraining = errors.New("the spool is being drained already: a store has one writer")

// Drain moves events from the spool into w, in order and in batches, until ctx
// is done; then it returns nil. After each commit of w it calls stored with the
// new position and frees the space. What w cannot take now is tried again until
// it can. An event that w calls Invalid, or that cannot be read, is set aside
// and passed over. One Drain runs at a time.
//
// No event is stored twice or left out, whenever the process ends: w moves its
// position in the transaction of the events, and the spool begins after it.
func (s *Spool) Drain(ctx context.Context, w store.Writer, stored func(store.Seq)) error {
	if !s.draining.CompareAndSwap(false, true) {
		return errDraining
	}
	defer s.draining.Store(false)
	d := &drain{spool: s, w: w, stored: stored, cursor: s.cursor(drainTries)}
	d.cursor.memory = s.handover
	if err := d.run(ctx); ctx.Err() == nil {
		return err
	}
	return nil
}

// drain is the state of one Drain.
type drain struct {
	spool  *Spool
	w      store.Writer
	stored func(store.Seq)
	cursor *cursor

	events  []store.Event // room for those of a batch
	ahead   *part         // read, but beyond the last batch
	began   time.Time     // the last batch
	freed   int           // bytes stored since space was given back
	trouble string        // what does not work at the moment, for the log
}

// run drains until there is an error, also that of ctx.
func (d *drain) run(ctx context.Context) error {
	err := d.insist(ctx, "asking the store for its position", func() error {
		position, err := d.w.Position(ctx)
		d.cursor.skip = max(d.cursor.skip, position)
		return err
	})
	for err == nil {
		var b *batch
		if b, err = d.gather(ctx); err != nil {
			break
		}
		if b.parts > 0 {
			err = d.storeRange(ctx, b.events, b.upTo)
		}
		if err == nil {
			d.done(b)
			clear(b.events)
			d.events = b.events
		}
	}
	return err
}

// batch is what goes into the store in one transaction.
type batch struct {
	events []store.Event
	upTo   store.Seq
	parts  int64 // events, with those set aside
	bytes  int
	newest time.Time // when its last event became durable
}

// gather waits until something is there, gives it a little time to become
// more, and reads it.
func (d *drain) gather(ctx context.Context) (*batch, error) {
	if err := d.await(ctx); err != nil {
		return nil, err
	}
	d.began = time.Now()
	last, _ := d.there()
	b := &batch{events: d.events[:0], upTo: d.cursor.skip}
	for {
		p, ok, err := d.next(ctx, last)
		if err != nil {
			return nil, err
		}
		if !ok {
			return b, nil
		}
		if b.parts > 0 && (b.parts+int64(p.count) > int64(d.spool.cfg.BatchEvents) || b.bytes+p.bytes > d.spool.cfg.BatchBytes) {
			d.ahead = &p
			return b, nil
		}
		if err := d.add(ctx, b, p); err != nil {
			return nil, err
		}
	}
}

// there returns how far the log goes, and whether a full batch of it is not
// stored yet.
func (d *drain) there() (last uint64, full bool) {
	s := d.spool
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last, s.pending.events >= int64(s.cfg.BatchEvents) || s.pending.bytes >= int64(s.cfg.BatchBytes)
}

// await returns when it is time for the next batch.
func (d *drain) await(ctx context.Context) error {
	var late <-chan time.Time
	for {
		last, full := d.there()
		if some := d.ahead != nil || d.cursor.index < last; some {
			if full {
				return nil
			}
			if late == nil {
				late = time.After(time.Until(d.began.Add(d.spool.cfg.Gather)))
			}
		}
		select {
		case <-d.spool.grown:
		case <-late:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-d.spool.closing:
			return ErrClosed
		}
	}
}

// next returns the next part of the log.
func (d *drain) next(ctx context.Context, last uint64) (p part, ok bool, err error) {
	if d.ahead != nil {
		p, d.ahead = *d.ahead, nil
		return p, true, nil
	}
	err = d.insist(ctx, "reading the spool", func() error {
		p, ok, err = d.cursor.next(last)
		return err
	})
	return p, ok, err
}

// add takes a part into the batch, decoded unless it is already, or sets it
// aside.
func (d *drain) add(ctx context.Context, b *batch, p part) error {
	reason := p.err
	if p.ready != nil {
		b.events = append(b.events, *p.ready)
	} else if reason == nil {
		var ev store.Event
		if ev, reason = d.spool.codec.event(p.seq, p.event); reason == nil {
			b.events = append(b.events, ev)
		}
	}
	if reason != nil {
		if err := d.setAside(ctx, p.seq, p.event, reason); err != nil {
			return err
		}
	}
	if b.parts == 0 {
		d.spool.noteOldest(p.at)
	}
	b.newest = p.at
	b.upTo = p.upTo
	b.parts += int64(p.count)
	b.bytes += p.bytes
	return nil
}

// storeRange stores events and moves the position to upTo. If one of them can
// never be stored it halves them until that one is alone.
func (d *drain) storeRange(ctx context.Context, events []store.Event, upTo store.Seq) error {
	err := d.append(ctx, events, upTo)
	if heed.CodeOf(err) != heed.Invalid {
		return err
	}
	if len(events) > 1 {
		half := len(events) / 2
		if err := d.storeRange(ctx, events[:half], events[half-1].Seq); err != nil {
			return err
		}
		return d.storeRange(ctx, events[half:], upTo)
	}
	data, encodeErr := d.spool.codec.plain(events[0])
	if err := d.setAside(ctx, events[0].Seq, data, errors.Join(err, encodeErr)); err != nil {
		return err
	}
	return d.append(ctx, nil, upTo)
}

// append calls the store until it has either taken the events or refused them
// for good, which is an error of code Invalid. Without events there is nothing
// to refuse, so that is tried again like everything else.
func (d *drain) append(ctx context.Context, events []store.Event, upTo store.Seq) error {
	var invalid error
	err := d.insist(ctx, "storing", func() error {
		err := d.w.Append(ctx, events, upTo)
		if len(events) > 0 && heed.CodeOf(err) == heed.Invalid {
			invalid = err
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	return invalid
}

// setAside keeps what can never be stored, with the reason.
func (d *drain) setAside(ctx context.Context, seq store.Seq, data []byte, reason error) error {
	err := d.insist(ctx, "setting an event aside", func() error { return d.spool.aside.put(seq, data, reason) })
	if err == nil {
		d.spool.log.Error("spool: set an event aside that can never be stored: its file says why", "seq", seq, "folder", d.spool.aside.dir)
	}
	return err
}

// insist tries until it works, ctx is done or the spool is closed. It logs
// when trouble begins and when it ends, not in between.
func (d *drain) insist(ctx context.Context, what string, try func() error) error {
	for pause := firstRetry; ; pause = min(2*pause, lastRetry) {
		err := try()
		if err == nil {
			if d.trouble == what {
				d.trouble = ""
				d.spool.log.Info("spool: works again", "what", what)
			}
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, ErrClosed) {
			return err
		}
		if d.trouble != what {
			d.trouble = what
			d.spool.log.Warn("spool: does not work at the moment, trying again", "what", what, "err", err)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		case <-d.spool.closing:
			return ErrClosed
		}
	}
}

// done notes that a batch is stored, tells, and frees space from time to time.
func (d *drain) done(b *batch) {
	s := d.spool
	s.mu.Lock()
	s.stored = b.upTo
	s.pending.bytes -= int64(b.bytes)
	s.pending.events -= b.parts
	if b.parts > 0 {
		s.oldest = b.newest
	}
	if d.ahead == nil && d.cursor.exhausted() && d.cursor.index == s.last {
		// An entry that could not be read was counted by its looks.
		s.pending.bytes, s.pending.events = 0, 0
	}
	s.mu.Unlock()
	d.stored(b.upTo)
	if d.freed += b.bytes; d.freed >= s.cfg.SegmentBytes {
		d.freed = 0
		s.free(indexOf(b.upTo))
	}
}

// noteOldest notes when the oldest pending event became durable.
func (s *Spool) noteOldest(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.oldest = at
}

// free gives back the space of entries below needed. What cannot be freed now
// is freed with what comes later.
func (s *Spool) free(needed uint64) {
	s.entriesMu.RLock()
	defer s.entriesMu.RUnlock()
	if s.entries == nil {
		return
	}
	if err := s.entries.freeBelow(needed); err != nil {
		s.log.Warn("spool: cannot give space back yet", "err", err)
	}
}
