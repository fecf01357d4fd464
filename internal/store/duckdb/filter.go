package duckdb

import "math/bits"

// filter is a Bloom filter of hashes, in two halves that know nothing of each
// other: what is not there is found out in the first by nearly all who ask, and
// the second is asked about the rest. In a million keys that are not there it
// finds some four while it is no fuller than it was made for. One half of the
// same size would find forty: how full its blocks are differs by chance, and the
// fullest decide.
type filter struct{ first, second half }

// newFilter makes a filter for so many keys.
func newFilter(keys int) *filter { return &filter{newHalf(keys), newHalf(keys)} }

func (f *filter) has(hash uint64) bool { return f.first.has(hash) && f.second.has(again(hash)) }

// add adds a hash and reports whether it was new.
func (f *filter) add(hash uint64) bool {
	first, second := f.first.add(hash), f.second.add(again(hash))
	return first || second
}

// again is the hash as the second half has it.
func again(hash uint64) uint64 { return scrambled(hash ^ 0x9e3779b97f4a7c15) }

// half is a Bloom filter in blocks of 64 bytes: a key has one bit in each of the
// eight words of one block, so that a look costs one wait for memory, however large
// the filter is. The rejected alternative was a library's, whose look cost eight
// waits and a hash of the hash.
type half [][blockWords]uint64

const (
	blockWords = 8
	bitsPerKey = 14 // in each half
)

func newHalf(keys int) half {
	const blockBits = blockWords * 64
	return make(half, (keys*bitsPerKey+blockBits-1)/blockBits)
}

// block returns the block of a key, and of each of its words the bit that the
// key has, six bits for each.
func (h half) block(hash uint64) (block *[blockWords]uint64, places uint64) {
	at, rest := bits.Mul64(hash, uint64(len(h)))
	return &h[at], scrambled(rest)
}

func (h half) has(hash uint64) bool {
	block, places := h.block(hash)
	for i := range block {
		if block[i]>>(places&63)&1 == 0 {
			return false
		}
		places >>= 6
	}
	return true
}

func (h half) add(hash uint64) bool {
	block, places := h.block(hash)
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
