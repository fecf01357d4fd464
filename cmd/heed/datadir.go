package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// dataVersion is the layout of the data directory that this binary reads and
// writes.
const dataVersion = 1

// dataDir is the directory that holds everything:
//
//	version      the layout, as a number
//	lock         held by the one server, whose address it holds
//	root.key     wraps every key in keys.db, unless HEED_ROOT_KEY does
//	keys.db      keys of projects and respondents
//	catalog.db   projects and credentials
//	events.duckdb
//	spool/       accepted, not yet stored
//	ask.…        what whoever has the directory asks of the server, for a moment
type dataDir struct {
	path string
	lock *os.File
}

// openDataDir makes the directory if it is not there and refuses one that this
// binary cannot use. Several processes may open it; one may lock it.
func openDataDir(path string) (*dataDir, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("the data directory %s cannot be made: %w: choose another with --data", path, unwrapPath(err))
	}
	d := &dataDir{path: path}
	if err := d.checkVersion(); err != nil {
		return nil, err
	}
	return d, nil
}

// mustExist refuses a directory that is not there yet, for commands that only
// look at one or change what is in it: a slip of the pen must not make a new one.
func mustExist(path string) error {
	if _, err := os.Stat(filepath.Join(path, "version")); err != nil {
		return fmt.Errorf("there is no Heed data directory at %s: check --data, or HEED_DATA", path)
	}
	return nil
}

func (d *dataDir) file(name string) string { return filepath.Join(d.path, name) }

// asks is how the files begin in which whoever has the directory asks the server
// for something.
func (d *dataDir) asks() string { return d.file("ask") }

func (d *dataDir) checkVersion() error {
	text, err := os.ReadFile(d.file("version"))
	if errors.Is(err, fs.ErrNotExist) {
		return d.writeVersion()
	}
	if err != nil {
		return fmt.Errorf("the data directory %s cannot be read: %w: run as the user that owns it", d.path, unwrapPath(err))
	}
	found, err := strconv.Atoi(strings.TrimSpace(string(text)))
	switch {
	case err != nil:
		return fmt.Errorf("%s does not hold a number: is %s a Heed data directory?", d.file("version"), d.path)
	case found > dataVersion:
		return fmt.Errorf("the data directory %s is of version %d and this heed knows up to %d: run the newer heed that wrote it", d.path, found, dataVersion)
	}
	return nil
}

// writeVersion marks a new directory. The file appears whole or not at all.
func (d *dataDir) writeVersion() error {
	f, err := os.CreateTemp(d.path, ".version-*")
	if err != nil {
		return fmt.Errorf("the data directory %s cannot be written: %w: run as the user that owns it, or choose another with --data", d.path, unwrapPath(err))
	}
	defer os.Remove(f.Name())
	_, err = fmt.Fprintln(f, dataVersion)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), d.file("version"))
	}
	if err != nil {
		return fmt.Errorf("mark the data directory: %w", err)
	}
	return nil
}

// acquire takes the directory for one server.
func (d *dataDir) acquire() error {
	f, err := os.OpenFile(d.file("lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("the data directory %s cannot be written: %w: run as the user that owns it, or choose another with --data", d.path, unwrapPath(err))
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return fmt.Errorf("the data directory %s is in use by another heed: stop it first, or choose another with --data", d.path)
	}
	d.lock = f
	return nil
}

// announce leaves the server's address for the commands that print links to it.
func (d *dataDir) announce(url string) error {
	if err := d.lock.Truncate(0); err != nil {
		return fmt.Errorf("note the server's address: %w", err)
	}
	if _, err := d.lock.WriteAt([]byte(url), 0); err != nil {
		return fmt.Errorf("note the server's address: %w", err)
	}
	return nil
}

// maxURLBytes bounds what is read of the lock.
const maxURLBytes = 512

// server returns the address of the server that has the directory, or had it
// last; empty before the first.
func (d *dataDir) server() string {
	f, err := os.Open(d.file("lock"))
	if err != nil {
		return ""
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxURLBytes))
	if err != nil || !strings.HasPrefix(string(text), "http") {
		return ""
	}
	return string(text)
}

// release lets another server have the directory.
func (d *dataDir) release() error {
	if d.lock == nil {
		return nil
	}
	return d.lock.Close()
}

// unwrapPath drops the operation and path that a message already names.
func unwrapPath(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}
