package spool

import (
	"bytes"
	"log/slog"
	"time"

	"github.com/hashicorp/raft-wal/types"

	"github.com/heed-ai/heed/internal/store"
)

// OpenOn is Open on a file system of the test's own.
func OpenOn(dir string, cfg Config, stored store.Seq, log *slog.Logger, vfs types.VFS) (*Spool, error) {
	return open(dir, cfg, stored, log, vfs)
}

// AppendBytes appends events that are already encoded, well or not.
func (s *Spool) AppendBytes(events ...[]byte) (store.Seq, error) {
	return s.AppendFrames(FramesOf(events...), len(events))
}

// AppendFrames appends what passes for the frames of so many events.
func (s *Spool) AppendFrames(frames []byte, events int) (store.Seq, error) {
	c := &call{frames: frames, events: events, done: make(chan struct{})}
	if err := s.enqueue(c); err != nil {
		return 0, err
	}
	<-c.done
	return c.first, c.err
}

// FramesOf frames events that are already encoded.
func FramesOf(events ...[]byte) []byte {
	var buf bytes.Buffer
	for _, ev := range events {
		_ = appendFrame(&buf, func(b *bytes.Buffer) error { b.Write(ev); return nil })
	}
	return buf.Bytes()
}

// EntryOf makes a whole entry.
func EntryOf(events ...[]byte) []byte {
	return append(appendEntryHeader(nil, len(events)), FramesOf(events...)...)
}

// EncodeEvent encodes one event as Append does.
func EncodeEvent(ev store.Event) ([]byte, error) {
	c, err := newCodec()
	if err != nil {
		return nil, err
	}
	return c.plain(ev)
}

// WalkedPart is what walking an entry tells of one part.
type WalkedPart struct {
	Seq, UpTo store.Seq
	Count     int
	Bytes     int
	Data      []byte
	Damaged   bool // in the log itself
	Event     store.Event
	Err       error // of decoding
}

// WalkEntry reads an entry as the drain does.
func WalkEntry(index uint64, data []byte, c EventDecoder) []WalkedPart {
	var parts []WalkedPart
	e := openEntry(index, data, time.Time{})
	for p, ok := e.next(); ok; p, ok = e.next() {
		w := WalkedPart{Seq: p.seq, UpTo: p.upTo, Count: p.count, Bytes: p.bytes, Data: p.event, Damaged: p.err != nil}
		if p.err == nil {
			w.Event, w.Err = codec(c).event(p.seq, p.event)
		}
		parts = append(parts, w)
	}
	return parts
}

// EventDecoder decodes events for WalkEntry.
type EventDecoder codec

// NewEventDecoder makes an EventDecoder.
func NewEventDecoder() (EventDecoder, error) {
	c, err := newCodec()
	return EventDecoder(c), err
}

// Last is the highest Seq that the log could hold so far.
func (s *Spool) Last() store.Seq {
	s.mu.Lock()
	defer s.mu.Unlock()
	return seqOf(s.last, 0)
}

// InMemory is how many entries wait in memory for the drain, and how many
// bytes they are on disk.
func (s *Spool) InMemory() (entries, bytes int) {
	s.handover.mu.Lock()
	defer s.handover.mu.Unlock()
	return len(s.handover.entries), HandoverBytes - s.handover.room
}

// HandoverBytes is what may wait in memory.
const HandoverBytes = handoverBytes
