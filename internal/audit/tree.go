package audit

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Hash is a hash of the tree.
type Hash = tlog.Hash

// Tree is the state of a log: how many records it has and the one hash that
// stands for all of them.
type Tree struct {
	Size int64
	Root Hash
}

// Hashes reads stored hashes by their places. A place that is not there is an
// error.
type Hashes func(places []int64) ([]Hash, error)

// ReadHashes implements tlog.HashReader.
func (read Hashes) ReadHashes(places []int64) ([]Hash, error) { return read(places) }

// Grow returns the place of the first hash that a new record adds to the tree,
// and those hashes, which follow each other: its own first, and then those of
// the subtrees that it completes. Growing by a record reads and writes about
// two hashes, whatever the size.
func Grow(r *Record, stored Hashes) (place int64, hashes []Hash, err error) {
	leaf, err := r.Leaf()
	if err != nil {
		return 0, nil, fmt.Errorf("encode record %d: %w", r.Number, err)
	}
	hashes, err = tlog.StoredHashes(r.Number, leaf, stored)
	if err != nil {
		return 0, nil, fmt.Errorf("hash record %d: %w", r.Number, err)
	}
	return tlog.StoredHashIndex(0, r.Number), hashes, nil
}

// TreeOf returns the tree over the first size records.
func TreeOf(size int64, stored Hashes) (Tree, error) {
	root, err := tlog.TreeHash(size, stored)
	if err != nil {
		return Tree{}, fmt.Errorf("hash %d records: %w", size, err)
	}
	return Tree{Size: size, Root: root}, nil
}
