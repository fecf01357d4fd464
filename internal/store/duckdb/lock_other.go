//go:build !unix

package duckdb

// lockedByAnother cannot tell here; the general message stands.
func lockedByAnother(string) bool { return false }
