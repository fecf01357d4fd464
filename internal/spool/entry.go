package spool

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"time"

	"github.com/heed-ai/heed/internal/store"
)

// The log is a row of entries, one for each group commit. All numbers are
// little-endian, all checksums CRC-32C.
//
//	entry  = version uint32, events uint32, checksum of these uint32, frames
//	frame  = length uint32, checksum of the length and the event uint32, event
//
// The event is CBOR (codec.go). Each has its own length and checksum, so that
// one that cannot be read never spoils its neighbours; raft-wal itself checks
// only the last commit of a log, and only when it opens it.
//
// An event's Seq is where it lies: the entry's index, then its ordinal within.
const (
	entryVersion     = 1
	entryHeaderBytes = 12
	frameHeaderBytes = 8

	ordinalBits    = 20
	maxEntryEvents = 1 << ordinalBits

	// entryOverhead is what an entry takes on disk besides its frames: its
	// header, and what raft-wal puts around it.
	entryOverhead = entryHeaderBytes + 52
)

// Causes for which a part of the log is set aside.
var (
	errEntryHeader = errors.New("the entry's header is damaged")
	errEntryFrames = errors.New("the rest of the entry is damaged")
	errFrame       = errors.New("the event's checksum is wrong")
	errUnreadable  = errors.New("the entry cannot be read")
)

func seqOf(index uint64, ordinal int) store.Seq {
	return store.Seq(index<<ordinalBits | uint64(ordinal))
}

func indexOf(seq store.Seq) uint64 { return uint64(seq) >> ordinalBits }

// lastSeqOf is the highest Seq that an entry could hold.
func lastSeqOf(index uint64) store.Seq { return seqOf(index, maxEntryEvents-1) }

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

// appendFrame adds the frame of one event; write adds the event itself.
func appendFrame(buf *bytes.Buffer, write func(*bytes.Buffer) error) error {
	start := buf.Len()
	var header [frameHeaderBytes]byte
	buf.Write(header[:])
	if err := write(buf); err != nil {
		return err
	}
	frame := buf.Bytes()[start:]
	binary.LittleEndian.PutUint32(frame, uint32(len(frame)-frameHeaderBytes))
	binary.LittleEndian.PutUint32(frame[4:], frameSum(frame, frame[frameHeaderBytes:]))
	return nil
}

func frameSum(header, event []byte) uint32 {
	table := castagnoli()
	return crc32.Update(crc32.Checksum(header[:4], table), table, event)
}

// appendEntryHeader adds the header of an entry of so many events.
func appendEntryHeader(b []byte, events int) []byte {
	start := len(b)
	b = binary.LittleEndian.AppendUint32(b, entryVersion)
	b = binary.LittleEndian.AppendUint32(b, uint32(events))
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[start:], castagnoli()))
}

// part is one event of an entry as it lies in the log, or a stretch in which
// events cannot be told apart. Then err says why.
type part struct {
	seq   store.Seq    // of the event, or of the first in the stretch
	upTo  store.Seq    // the position after it; seq unless it is a stretch
	event []byte       // CBOR, or the bytes of the stretch
	ready *store.Event // the event itself, instead of its bytes, if it comes from memory
	at    time.Time    // when it became durable
	err   error
	count int // events in it, 1 if that is not known
	bytes int // what it takes on disk
}

// entry walks the parts of one entry. The zero entry has none.
type entry struct {
	index   uint64
	at      time.Time
	rest    []byte
	ready   []readyEvent // instead of rest, if it comes from memory
	ordinal int
	events  int
	damage  error // the rest cannot be told apart
}

// openEntry begins to walk the entry with this index. Whatever data holds, it
// has at least one part.
func openEntry(index uint64, data []byte, at time.Time) entry {
	e := entry{index: index, at: at, rest: data, events: 1}
	header := data[:min(len(data), entryHeaderBytes)]
	if len(header) < entryHeaderBytes ||
		binary.LittleEndian.Uint32(header[8:]) != crc32.Checksum(header[:8], castagnoli()) ||
		binary.LittleEndian.Uint32(header) != entryVersion {
		e.damage = errEntryHeader
		return e
	}
	events := binary.LittleEndian.Uint32(header[4:])
	if events == 0 || events > maxEntryEvents {
		e.damage = errEntryHeader
		return e
	}
	e.rest, e.events = data[entryHeaderBytes:], int(events)
	return e
}

// unreadableEntry stands for an entry of which nothing could be read.
func unreadableEntry(index uint64, cause error) entry {
	return entry{index: index, events: 1, damage: errors.Join(errUnreadable, cause)}
}

// next returns the next part, and false after the last.
func (e *entry) next() (part, bool) {
	if e.ordinal >= e.events {
		return part{}, false
	}
	if e.ready != nil {
		return e.nextReady(), true
	}
	p := part{seq: seqOf(e.index, e.ordinal), at: e.at, count: 1}
	length := uint64(0)
	if e.damage == nil && len(e.rest) < frameHeaderBytes {
		e.damage = errEntryFrames
	}
	if e.damage == nil {
		length = uint64(binary.LittleEndian.Uint32(e.rest))
		if length > uint64(len(e.rest)-frameHeaderBytes) {
			e.damage = errEntryFrames
		}
	}
	if e.damage != nil {
		p.upTo, p.event, p.err, p.count = lastSeqOf(e.index), e.rest, e.damage, e.events-e.ordinal
		p.bytes = len(e.rest) + entryOverhead
		e.ordinal, e.rest = e.events, nil
		return p, true
	}
	header, event := e.rest[:frameHeaderBytes], e.rest[frameHeaderBytes:frameHeaderBytes+length]
	p.upTo, p.event, p.bytes = p.seq, event, frameHeaderBytes+len(event)
	if binary.LittleEndian.Uint32(header[4:]) != frameSum(header, event) {
		p.err = errFrame
	}
	e.rest = e.rest[p.bytes:]
	e.ordinal++
	if e.ordinal == e.events {
		p.bytes += entryOverhead
	}
	return p, true
}

// nextReady is next for an entry that comes from memory. Its parts are counted
// as those in the log.
func (e *entry) nextReady() part {
	p := e.ready[e.ordinal].part(seqOf(e.index, e.ordinal), e.at)
	if e.ordinal++; e.ordinal == e.events {
		p.bytes += entryOverhead
	}
	return p
}
