package spool

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"
	wal "github.com/hashicorp/raft-wal"
	"github.com/hashicorp/raft-wal/metadb"
	"github.com/hashicorp/raft-wal/segment"
	"github.com/hashicorp/raft-wal/types"
)

// segmentLog is the log of entries on disk, kept by raft-wal in segment files
// and a small database of which segments there are. Entries have rising
// indexes from 1 without gaps. One goroutine appends; reading and freeing are
// safe beside it. After an append failed only reading and freeing work, and
// the log is to be closed and opened again.
type segmentLog struct {
	wal   *wal.WAL
	meta  *metadb.BoltMetaDB
	filer *segment.Filer
}

// openLog opens the log in dir, which exists. What a crash left unfinished is
// put right, and cut off if it was never acknowledged. It waits while another
// process has the log open.
func openLog(dir string, segmentBytes int, vfs types.VFS, log *slog.Logger) (*segmentLog, error) {
	l := &segmentLog{meta: &metadb.BoltMetaDB{}, filer: segment.NewFiler(dir, files{vfs})}
	err := l.mend(dir, segmentBytes, log)
	if err == nil {
		l.wal, err = wal.Open(dir,
			wal.WithMetaStore(l.meta), wal.WithSegmentFiler(l.filer),
			wal.WithSegmentSize(segmentBytes), wal.WithLogger(walLogger(log)))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the log: %w", err), l.meta.Close())
	}
	return l, nil
}

// walLogger passes raft-wal's complaints on. It logs in the background only,
// and what matters shows at the next append as well.
func walLogger(log *slog.Logger) hclog.Logger {
	return hclog.New(&hclog.LoggerOptions{
		Name: "spool", Level: hclog.Error, DisableTime: true,
		Output: slog.NewLogLogger(log.Handler(), slog.LevelWarn).Writer(),
	})
}

// append makes one entry durable. The entry must have the index after the last
// one; in an empty log it may have any.
func (l *segmentLog) append(index uint64, data []byte, at time.Time) error {
	// One entry a call: mend relies on every commit holding exactly one.
	err := l.wal.StoreLog(&raft.Log{Index: index, Type: raft.LogCommand, Data: data, AppendedAt: at})
	if err != nil {
		return fmt.Errorf("append entry %d: %w", index, err)
	}
	return nil
}

// read returns an entry and when it was appended. errDamaged means that trying
// again will not help.
func (l *segmentLog) read(index uint64) (data []byte, at time.Time, err error) {
	// raft-wal decodes without checking first, so damaged bytes can make it
	// panic.
	defer func() {
		if recover() != nil {
			data, err = nil, fmt.Errorf("read entry %d: %w", index, errDamaged)
		}
	}()
	var entry raft.Log
	err = l.wal.GetLog(index, &entry)
	switch {
	case entry.Index == index && entry.Data != nil:
		// The data has checksums of its own. If only the time behind it is
		// damaged, which is an error, that does not matter.
		return entry.Data, entry.AppendedAt, nil
	case err == nil, errors.Is(err, io.EOF), errors.Is(err, io.ErrShortBuffer), errors.Is(err, wal.ErrCorrupt):
		// A damaged length or offset leads astray, or beyond the file's end.
		return nil, time.Time{}, fmt.Errorf("read entry %d: %w", index, errors.Join(errDamaged, err))
	}
	return nil, time.Time{}, fmt.Errorf("read entry %d: %w", index, err)
}

var errDamaged = errors.New("what is there is not the entry")

// bounds returns the first and last index, or zeros if the log is empty.
func (l *segmentLog) bounds() (first, last uint64, err error) {
	first, err = l.wal.FirstIndex()
	if err != nil {
		return 0, 0, fmt.Errorf("find the first entry: %w", err)
	}
	last, err = l.wal.LastIndex()
	if err != nil {
		return 0, 0, fmt.Errorf("find the last entry: %w", err)
	}
	return first, last, nil
}

// freeBelow gives back the segments that hold only entries below needed. It
// syncs, so it is called when there is a segment to gain.
//
// It never touches the segment that is appended to: raft-wal 0.4.0 finishes a
// full segment in the background, and if that segment is deleted meanwhile, it
// goes on numbering from 1.
func (l *segmentLog) freeBelow(needed uint64) error {
	first, last, err := l.bounds()
	if err != nil || first == 0 {
		return err
	}
	segments, err := l.filer.List()
	if err != nil {
		return fmt.Errorf("list segments: %w", err)
	}
	keep := first
	for _, base := range segments {
		if base <= min(needed, last) {
			keep = max(keep, base)
		}
	}
	if keep == first {
		return nil
	}
	if err := l.wal.DeleteRange(first, keep-1); err != nil {
		return fmt.Errorf("free entries up to %d: %w", keep-1, err)
	}
	return nil
}

// clear drops every entry. It is called before anything is appended.
func (l *segmentLog) clear() error {
	first, last, err := l.bounds()
	if err != nil || first == 0 {
		return err
	}
	if err := l.wal.DeleteRange(first, last); err != nil {
		return fmt.Errorf("clear entries up to %d: %w", last, err)
	}
	return nil
}

// close closes the files. Everything appended is durable without it. No append
// may be under way, and no read.
func (l *segmentLog) close() error {
	if err := errors.Join(l.wal.Close(), l.meta.Close()); err != nil {
		return fmt.Errorf("close the log: %w", err)
	}
	return nil
}
