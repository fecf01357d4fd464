//go:build unix

package duckdb

import "syscall"

// freeBytes returns how much may be written to the disk that a folder is on.
func freeBytes(folder string) (int64, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil {
		return 0, err
	}
	return int64(disk.Bavail) * int64(disk.Bsize), nil
}
