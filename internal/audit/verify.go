package audit

import (
	"cmp"
	"fmt"
	"iter"
	"math/bits"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// StoredHash is a hash of the tree and the place it is stored at.
type StoredHash struct {
	Place int64
	Hash  Hash
}

// Source is a log as it is stored, at one moment: its records by number and its
// hashes by place. Either ends with its first error.
type Source struct {
	Records iter.Seq2[Record, error]
	Hashes  iter.Seq2[StoredHash, error]
}

// Problem is something that is not as it was written.
type Problem struct {
	Record int64  `json:"record"` // the first that is concerned; -1 where that is none
	What   string `json:"what"`
}

// maxProblems bounds a report; the rest is counted.
const maxProblems = 100

// Report says what Verify found.
type Report struct {
	Records  int64     `json:"records"`
	Expired  int64     `json:"expired"` // of them, the first, of which retention left only the hashes
	Root     Hash      `json:"root"`
	Agreed   int       `json:"checkpoints"` // how many checkpoints agree
	Problems []Problem `json:"problems"`
	More     int       `json:"more,omitempty"` // problems beyond those listed
}

func (r *Report) add(record int64, format string, args ...any) {
	if len(r.Problems) == maxProblems {
		r.More++
		return
	}
	r.Problems = append(r.Problems, Problem{record, fmt.Sprintf(format, args...)})
}

// Verify computes the tree again from the records and compares it with the
// hashes that are stored, and with checkpoints that were published. A record that
// was edited, deleted, inserted or moved no longer agrees with its hash; where
// the hashes were made to agree, the tree no longer agrees with a checkpoint; and
// a log that is shorter than a checkpoint was rolled back. The oldest records may
// be missing, as far as a record of retention says so. The error is one of
// reading.
func Verify(log Source, checkpoints []Checkpoint) (Report, error) {
	records, stopRecords := iter.Pull2(log.Records)
	defer stopRecords()
	hashes, stopHashes := iter.Pull2(log.Hashes)
	defer stopHashes()
	v := &verifier{
		report:      Report{Problems: []Problem{}},
		checkpoints: slices.SortedFunc(slices.Values(checkpoints), func(a, b Checkpoint) int { return cmp.Compare(a.Size, b.Size) }),
		records:     reader[Record]{next: records, at: func(r Record) int64 { return r.Number }},
		hashes:      reader[StoredHash]{next: hashes, at: func(h StoredHash) int64 { return h.Place }},
	}
	v.vouched = v.checkpoints
	v.records.advance()
	v.hashes.advance()
	v.compare()
	for n := int64(0); v.step(n); n++ {
	}
	v.finish()
	return v.report, cmp.Or(v.records.err, v.hashes.err)
}

// reader reads what comes in order of its numbers, one ahead.
type reader[T any] struct {
	next func() (T, error, bool)
	at   func(T) int64
	head T
	ok   bool // there is a head
	err  error
}

func (r *reader[T]) advance() {
	r.head, r.err, r.ok = r.next()
	r.ok = r.ok && r.err == nil
}

// take returns the head if it has a number.
func (r *reader[T]) take(number int64) (taken T, ok bool) {
	if !r.ok || r.at(r.head) != number {
		return taken, false
	}
	taken = r.head
	r.advance()
	return taken, true
}

// subtree is a complete one: its hash by the stored hashes of its records, and
// whether one of those is known to be wrong.
type subtree struct {
	hash Hash
	bad  bool
}

type verifier struct {
	report      Report
	checkpoints []Checkpoint // those not yet compared, by size
	good        int64        // size of the largest checkpoint that agreed
	records     reader[Record]
	hashes      reader[StoredHash]
	place       int64            // of the next hash
	stack       []subtree        // the complete subtrees on the right edge, largest first
	vouched     []Checkpoint     // all checkpoints, by size
	expiries    []recordedExpiry // what records of retention say
}

// step checks record n with the hashes that it brought. It reports whether there
// was one.
func (v *verifier) step(n int64) bool {
	v.skipStrays(n)
	record, isRecord := v.records.take(n)
	stored, isStored := v.hashes.take(v.place)
	if !isRecord && !isStored {
		if v.records.ok || v.hashes.ok {
			v.report.add(n, "is missing with its hash; what comes after it cannot be judged")
		}
		return false
	}
	v.place++
	leaf := subtree{hash: stored.Hash}
	switch recorded, err := hashOf(&record); {
	case !isRecord && v.report.Expired == n:
		v.report.Expired++ // if retention says so: see judgeExpiry
	case !isRecord:
		v.report.add(n, "is missing: it was deleted, or moved")
	case !isStored:
		v.report.add(n, "has no hash: it was inserted, or its hash was deleted")
		leaf = subtree{recorded, true}
	case err != nil || recorded != stored.Hash:
		v.report.add(n, "is not what was written: it or its hash was changed, or another stands in its place")
		leaf.bad = true
	default:
		if e, ok := expiryOf(&record); ok {
			v.expiries = append(v.expiries, recordedExpiry{e, n, record.Time})
		}
	}
	for i := range bits.TrailingZeros64(uint64(n + 1)) {
		leaf = v.join(leaf, n, i+1)
	}
	v.stack = append(v.stack, leaf)
	v.report.Records = n + 1
	v.compare()
	return true
}

// skipStrays passes over what stands before record n and cannot.
func (v *verifier) skipStrays(n int64) {
	for v.records.ok && v.records.head.Number < n {
		v.report.add(v.records.head.Number, "was inserted: no record has this number")
		v.records.advance()
	}
	for v.hashes.ok && v.hashes.head.Place < v.place {
		v.report.add(-1, "the hash at place %d was inserted", v.hashes.head.Place)
		v.hashes.advance()
	}
}

func hashOf(r *Record) (Hash, error) {
	leaf, err := r.Leaf()
	return tlog.RecordHash(leaf), err
}

// join completes the subtree of a level that ends with record n, whose right
// half is given, and checks its hash.
func (v *verifier) join(right subtree, n int64, level int) subtree {
	left := v.stack[len(v.stack)-1]
	v.stack = v.stack[:len(v.stack)-1]
	joined := subtree{tlog.NodeHash(left.hash, right.hash), left.bad || right.bad}
	stored, ok := v.hashes.take(v.place)
	v.place++
	if first := n + 1 - 1<<level; !joined.bad && (!ok || stored.Hash != joined.hash) {
		v.report.add(first, "and those to %d do not agree with the hash over them, which was changed or deleted", n)
		joined.bad = true
	}
	return joined
}

// root is the hash over all records so far.
func (v *verifier) root() Hash {
	if len(v.stack) == 0 {
		empty, _ := tlog.TreeHash(0, nil) // reads nothing
		return empty
	}
	root := v.stack[len(v.stack)-1].hash
	for _, left := range slices.Backward(v.stack[:len(v.stack)-1]) {
		root = tlog.NodeHash(left.hash, root)
	}
	return root
}

// compare holds the tree against the checkpoints of its size.
func (v *verifier) compare() {
	for len(v.checkpoints) > 0 && v.checkpoints[0].Size == v.report.Records {
		c := v.checkpoints[0]
		v.checkpoints = v.checkpoints[1:]
		if c.Root != v.root() {
			v.report.add(v.good, "or one of those to %d is not what the checkpoint of %s vouches for: the log was rewritten",
				c.Size-1, c.Time.Format(time.RFC3339))
			continue
		}
		v.good = c.Size
		v.report.Agreed++
	}
}

func (v *verifier) finish() {
	v.report.Root = v.root()
	v.judgeExpiry()
	for _, c := range v.checkpoints {
		v.report.add(v.report.Records, "and those to %d are missing, which the checkpoint of %s vouches for: the log was rolled back to an older copy, or its end cut off",
			c.Size-1, c.Time.Format(time.RFC3339))
	}
}
