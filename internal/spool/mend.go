package spool

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	wal "github.com/hashicorp/raft-wal"
	"github.com/hashicorp/raft-wal/segment"
	"github.com/hashicorp/raft-wal/types"
)

// mend puts right what a crash left unfinished in the last segment, before
// raft-wal opens it. raft-wal 0.4.0 by itself finds the last whole commit, but
//
//   - a segment whose last commit filled it, and which the process did not live
//     to replace by the next one, refuses every append from then on;
//   - so does one whose last commit filled it and was torn;
//   - remains of a torn commit stay in the file, and can pass for entries once a
//     shorter one is written over their beginning;
//   - what was written but not synced before the crash is never synced.
//
// What is cut off was never acknowledged: an acknowledgement comes after the
// sync of a whole commit.
func (l *segmentLog) mend(dir string, segmentBytes int, log *slog.Logger) error {
	state, err := l.meta.Load(dir)
	if err != nil {
		return fmt.Errorf("read which segments there are: %w", err)
	}
	if len(state.Segments) == 0 {
		return nil
	}
	tail := &state.Segments[len(state.Segments)-1]
	if tail.SealTime.IsZero() {
		t, err := l.inspectTail(dir, *tail)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // raft-wal was about to make it, and will
		}
		if err != nil {
			return fmt.Errorf("inspect the last segment: %w", err)
		}
		if err := t.finish(dir, log); err != nil {
			return err
		}
		if !t.sealed {
			return nil
		}
		tail.SealTime, tail.MaxIndex, tail.IndexStart = time.Now(), t.last, t.indexStart
	}
	next := tail.MaxIndex + 1
	state.Segments = append(state.Segments, types.SegmentInfo{
		ID: state.NextSegmentID, BaseIndex: next, MinIndex: next,
		SizeLimit: uint32(segmentBytes), Codec: wal.CodecBinaryV1, CreateTime: time.Now(),
	})
	state.NextSegmentID++
	if err := l.meta.CommitState(state); err != nil {
		return fmt.Errorf("begin the next segment: %w", err)
	}
	return nil
}

// tailState is what is whole in the last segment.
type tailState struct {
	path       string
	last       uint64 // index of the last whole entry, 0 if there is none
	end        int64  // offset after the last whole commit
	sealed     bool   // the last whole commit filled the segment
	indexStart uint64 // if sealed, where raft-wal's index of offsets begins
}

// raft-wal's frames have a header of 8 bytes, the length in its latter half,
// and are padded to a multiple of 8. A commit is a frame without content.
const walFrameHeader = 8

func walFrameSize(length uint32) int64 {
	return walFrameHeader + (int64(length)+7)&^7
}

// inspectTail lets raft-wal find the last whole commit of a segment and works
// out where it ends. Each commit holds one entry, and the last one of a
// segment the index as well.
func (l *segmentLog) inspectTail(dir string, info types.SegmentInfo) (*tailState, error) {
	w, err := l.filer.RecoverTail(info)
	if err != nil {
		return nil, err
	}
	defer w.Close()
	t := &tailState{path: filepath.Join(dir, segment.FileName(info)), last: w.LastIndex()}
	if t.last == 0 {
		return t, nil
	}
	writer, ok := w.(interface{ OffsetForFrame(uint64) (uint32, error) })
	if !ok {
		return nil, fmt.Errorf("find entry %d: %T does not tell", t.last, w)
	}
	offset, err := writer.OffsetForFrame(t.last)
	if err != nil {
		return nil, fmt.Errorf("find entry %d: %w", t.last, err)
	}
	f, err := os.Open(t.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	length, err := walFrameLength(f, int64(offset))
	if err != nil {
		return nil, err
	}
	t.end = int64(offset) + walFrameSize(length)
	sealed, indexStart, err := w.Sealed()
	if err != nil {
		return nil, err
	}
	// The index counts if it is whole: right after the last whole entry, with
	// an offset of 4 bytes for each entry.
	if sealed && int64(indexStart) == t.end+walFrameHeader {
		length, err := walFrameLength(f, t.end)
		if err != nil {
			return nil, err
		}
		if uint64(length) == 4*(t.last-info.BaseIndex+1) {
			t.sealed, t.indexStart = true, indexStart
			t.end += walFrameSize(length)
		}
	}
	t.end += walFrameSize(0)
	return t, nil
}

func walFrameLength(f io.ReaderAt, offset int64) (uint32, error) {
	var header [walFrameHeader]byte
	if _, err := f.ReadAt(header[:], offset); err != nil {
		return 0, fmt.Errorf("read frame at %d: %w", offset, err)
	}
	return binary.LittleEndian.Uint32(header[4:]), nil
}

// finish cuts off what is not whole and makes the rest durable, as well as the
// segment's name.
func (t *tailState) finish(dir string, log *slog.Logger) error {
	f, err := os.OpenFile(t.path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("open the last segment: %w", err)
	}
	defer f.Close()
	clean, err := onlyZeros(f, t.end)
	if err != nil {
		return fmt.Errorf("read the end of the last segment: %w", err)
	}
	if !clean {
		log.Info("spool: cutting off an unfinished write, which was never acknowledged", "file", t.path, "offset", t.end)
		if err := f.Truncate(t.end); err != nil {
			return fmt.Errorf("cut off an unfinished write: %w", err)
		}
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync the last segment: %w", err)
	}
	return syncDir(dir)
}

// onlyZeros tells whether a file holds nothing but the zeros of space not yet
// used from offset on.
func onlyZeros(f io.ReaderAt, offset int64) (bool, error) {
	buf := make([]byte, 64<<10)
	zeros := make([]byte, len(buf))
	for {
		n, err := f.ReadAt(buf, offset)
		if !bytes.Equal(buf[:n], zeros[:n]) {
			return false, nil
		}
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		offset += int64(n)
	}
}
