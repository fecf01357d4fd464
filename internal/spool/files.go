package spool

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hashicorp/raft-wal/types"
)

// files is the file system under raft-wal. It adds one promise: a write that
// failed leaves nothing behind, so that an event whose sender was told to try
// again is not stored as well, and a later write never lies over remains that
// could be taken for entries.
type files struct{ types.VFS }

// Create makes a segment file. One that cannot be given its space beforehand is
// made without: then the log still opens on a full disk, is drained, and finds
// room again by that; only appending to it fails until then.
func (v files) Create(dir, name string, size uint64) (types.WritableFile, error) {
	f, err := v.VFS.Create(dir, name, size)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		if removeErr := ignoreMissing(os.Remove(filepath.Join(dir, name))); removeErr != nil {
			return nil, errors.Join(err, removeErr)
		}
		f, err = v.VFS.Create(dir, name, 0)
	}
	if err != nil {
		return nil, err
	}
	return &tailFile{WritableFile: f}, nil
}

// OpenWriter opens the last segment file.
func (v files) OpenWriter(dir, name string) (types.WritableFile, error) {
	f, err := v.VFS.OpenWriter(dir, name)
	if err != nil {
		return nil, err
	}
	return &tailFile{WritableFile: f}, nil
}

// tailFile is the file that is appended to, by one goroutine. raft-wal writes
// each commit at the end of what is synced, in one piece, and then syncs.
type tailFile struct {
	types.WritableFile
	unsynced bool
	end      int64 // of what was synced before, while unsynced
}

func (f *tailFile) WriteAt(b []byte, off int64) (int, error) {
	if !f.unsynced {
		f.unsynced, f.end = true, off
	}
	n, err := f.WritableFile.WriteAt(b, off)
	if err != nil && !errors.Is(err, io.EOF) {
		return n, f.discard(err)
	}
	return n, err
}

func (f *tailFile) Sync() error {
	if err := f.WritableFile.Sync(); err != nil {
		return f.discard(err)
	}
	f.unsynced = false
	return nil
}

// discard cuts off what is not synced. If that fails too, the remains may be
// taken for an entry when the log is opened again; that entry is then stored
// although its sender was told to try again, which is the lesser evil.
func (f *tailFile) discard(cause error) error {
	file, ok := f.WritableFile.(truncater)
	if !ok || !f.unsynced {
		return cause
	}
	return errors.Join(cause, file.Truncate(f.end), f.WritableFile.Sync())
}

type truncater interface{ Truncate(size int64) error }

// makeRoom tells whether a file of size bytes can be had in dir, by having it.
func makeRoom(vfs types.VFS, dir string, size int) error {
	if err := removeRoom(dir); err != nil {
		return err
	}
	f, err := vfs.Create(dir, roomName, uint64(size))
	if err != nil {
		return err
	}
	_, err = f.WriteAt([]byte("room"), 0)
	return errors.Join(err, f.Sync(), f.Close(), vfs.Delete(dir, roomName))
}

const roomName = "room.tmp"

// removeRoom removes what a crash within makeRoom left behind.
func removeRoom(dir string) error { return ignoreMissing(os.Remove(filepath.Join(dir, roomName))) }

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// syncDir makes the names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("open folder to sync: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}
