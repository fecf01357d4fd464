package spool

import (
	"time"

	"github.com/heed-ai/heed"
)

// Config says how large the spool may become and how it hands over.
type Config struct {
	// MaxBytes bounds the bytes that accepted events take on disk before
	// they are stored. The files may be up to two segments larger.
	MaxBytes int64
	// SegmentBytes is the size of one file of the log. Space is taken and
	// given back in files.
	SegmentBytes int
	// BatchEvents and BatchBytes bound one transaction of the store. A
	// single event may be larger than BatchBytes.
	BatchEvents int
	BatchBytes  int
	// Gather is the shortest time between the beginnings of two batches that
	// are not full: it makes batches large under load, and bounds what
	// gathering adds to the time until an event is visible.
	Gather time.Duration
}

// DefaultConfig suits one machine that stores tens of thousands of events a
// second.
func DefaultConfig() Config {
	return Config{
		MaxBytes:     1 << 30,
		SegmentBytes: 16 << 20,
		BatchEvents:  20_000,
		BatchBytes:   8 << 20,
		Gather:       400 * time.Millisecond,
	}
}

// The smallest and largest segment. Above the largest, offsets in a segment
// that ends with the largest entry would come near what raft-wal can count.
const (
	minSegmentBytes = 16 << 10
	maxSegmentBytes = 1 << 30
)

// Validate reports the first value that cannot work, as a heed.Error of code
// Invalid.
func (c Config) Validate() error {
	switch {
	case c.SegmentBytes < minSegmentBytes || c.SegmentBytes > maxSegmentBytes:
		return heed.InvalidField("spool.segment_bytes", "must be from 16384 (16 KiB) to 1073741824 (1 GiB)")
	case c.MaxBytes < int64(c.SegmentBytes):
		return heed.InvalidField("spool.max_bytes", "must be at least the size of one segment")
	case c.BatchEvents < 1 || c.BatchBytes < 1:
		return heed.InvalidField("spool.batch", "must hold at least one event and one byte")
	case c.Gather < 0 || c.Gather > 10*time.Second:
		return heed.InvalidField("spool.gather", "must be from 0 to 10 seconds")
	}
	return nil
}
