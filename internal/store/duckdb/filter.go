package duckdb

import "math/bits"

// filter is a Bloom filter of hashes, in blocks of 64 bytes: a key has one bit
// in each of the eight words of one block, so that a look costs one wait for
// memory, however large the filter is. In a million keys that are not there it
// finds some five thousand while it is no fuller than it was made for. The
// rejected alternative was a library's, whose look cost eight waits and a hash
// of the hash.
type filter struct{ blocks [][blockWords]uint64 }

const (
	blockWords = 8
	bitsPerKey = 12
)

// newFilter makes a filter for so many keys.
func newFilter(keys int) *filter {
	const blockBits = blockWords * 64
	return &filter{blocks: make([][blockWords]uint64, (keys*bitsPerKey+blockBits-1)/blockBits)}
}

// block returns the block of a key, and of each of its words the bit that the
// key has, six bits for each.
func (f *filter) block(hash uint64) (block *[blockWords]uint64, places uint64) {
	at, rest := bits.Mul64(hash, uint64(len(f.blocks)))
	return &f.blocks[at], scrambled(rest)
}

func (f *filter) has(hash uint64) bool {
	block, places := f.block(hash)
	for i := range block {
		if block[i]>>(places&63)&1 == 0 {
			return false
		}
		places >>= 6
	}
	return true
}

// add adds a hash and reports whether it was new.
func (f *filter) add(hash uint64) bool {
	block, places := f.block(hash)
	fresh := false
	for i := range block {
		bit := uint64(1) << (places & 63)
		fresh = fresh || block[i]&bit == 0
		block[i] |= bit
		places >>= 6
	}
	return fresh
}

// scrambled makes every bit of a number hang on every bit of it: the finalizer
// of MurmurHash3.
func scrambled(n uint64) uint64 {
	n ^= n >> 33
	n *= 0xff51afd7ed558ccd
	n ^= n >> 33
	n *= 0xc4ceb9fe1a85ec53
	return n ^ n>>33
}
