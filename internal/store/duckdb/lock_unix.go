//go:build unix

package duckdb

import (
	"io"
	"os"
	"syscall"
)

// lockedByAnother reports whether another process holds a lock on the file. It
// may be called only while this process does not have the file open: closing
// any handle of a process ends all its locks on the file.
func lockedByAnother(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	lock := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart}
	if err := syscall.FcntlFlock(file.Fd(), syscall.F_GETLK, &lock); err != nil {
		return false
	}
	return lock.Type != syscall.F_UNLCK
}
