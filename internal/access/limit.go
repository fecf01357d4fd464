package access

import (
	"crypto/sha256"
	"errors"
	"hash/maphash"
	"net/netip"
	"sync"
	"time"
)

// Subject is somebody whose calls are counted.
type Subject [16]byte

// SubjectOf names a subject by a text that no other kind of subject has, such
// as the id of a key.
func SubjectOf(text string) Subject {
	sum := sha256.Sum256([]byte(text))
	return Subject(sum[:16])
}

// SubjectOfAddress names who calls from an address: an IPv4 address by itself,
// an IPv6 address by its /64, which is what one customer has at the least.
func SubjectOfAddress(address netip.Addr) Subject {
	address = address.Unmap().WithZone("")
	if address.Is6() {
		// A /64 is a valid length for every IPv6 address.
		prefix, _ := address.Prefix(64)
		address = prefix.Addr()
	}
	return Subject(address.As16())
}

// Rate is how often a subject may call: PerSecond in the long run, and Burst
// at once after a pause.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Limiter counts the calls of many subjects against one Rate, by the generic
// cell rate algorithm: for each subject it keeps the one moment at which its
// allowance will be whole again. It keeps at most a fixed number of subjects
// and forgets the one that called longest ago, who then has its whole
// allowance again; so a flood of made-up subjects costs a bounded memory and
// takes nothing from a subject that keeps calling. Safe for concurrent use.
type Limiter struct {
	interval time.Duration // between two calls at the full rate
	window   time.Duration // interval × burst
	burst    int
	seed     maphash.Seed
	shards   [limiterShards]limiterShard
}

const limiterShards = 32

// maxWindow bounds how long a spent allowance may take to be whole again.
const maxWindow = 24 * time.Hour

// NewLimiter makes a Limiter that keeps maxSubjects subjects, rounded up to a
// multiple of 32, at about 100 bytes each.
func NewLimiter(rate Rate, maxSubjects int) (*Limiter, error) {
	window := float64(time.Second) * float64(rate.Burst) / rate.PerSecond
	if !(rate.PerSecond > 0 && rate.PerSecond <= 1e9) || rate.Burst < 1 || maxSubjects < 1 || window > float64(maxWindow) {
		return nil, errors.New("a rate limit needs a rate above 0, a burst of 1 up to the calls of a day, and room for 1 subject at least")
	}
	interval := time.Duration(float64(time.Second) / rate.PerSecond)
	l := &Limiter{
		interval: interval, window: interval * time.Duration(rate.Burst), burst: rate.Burst, seed: maphash.MakeSeed(),
	}
	for i := range l.shards {
		l.shards[i].limit = (maxSubjects + limiterShards - 1) / limiterShards
		l.shards[i].places = make(map[Subject]int32)
	}
	return l, nil
}

// Allow counts cost calls of a subject at the moment now and reports whether
// they are within its rate. If not, nothing is counted, and retryAfter says
// when they would be. A cost above the burst counts as the whole burst, since
// it could never be met.
func (l *Limiter) Allow(subject Subject, cost int, now time.Time) (ok bool, retryAfter time.Duration) {
	if cost <= 0 {
		return true, 0
	}
	needed := l.interval * time.Duration(min(cost, l.burst))
	shard := &l.shards[maphash.Bytes(l.seed, subject[:])%limiterShards]
	shard.mu.Lock()
	defer shard.mu.Unlock()
	entry := shard.entry(subject)
	// The allowance is whole again within one window of now at the latest,
	// unless the clock was turned back.
	at := now.UnixNano()
	whole := min(max(entry.whole, at), at+int64(l.window))
	if wait := whole + int64(needed) - at - int64(l.window); wait > 0 {
		entry.whole = whole
		return false, time.Duration(wait)
	}
	entry.whole = whole + int64(needed)
	return true, 0
}

// Forgive takes back cost calls of a subject that Allow counted.
func (l *Limiter) Forgive(subject Subject, cost int) {
	shard := &l.shards[maphash.Bytes(l.seed, subject[:])%limiterShards]
	shard.mu.Lock()
	defer shard.mu.Unlock()
	shard.entry(subject).whole -= int64(l.interval) * int64(min(cost, l.burst))
}

// Len returns how many subjects are kept.
func (l *Limiter) Len() int {
	n := 0
	for i := range l.shards {
		l.shards[i].mu.Lock()
		n += len(l.shards[i].entries)
		l.shards[i].mu.Unlock()
	}
	return n
}

// limiterShard keeps a part of the subjects, in a ring from the one that
// called last to the one that called longest ago. Entries are linked by place,
// not by pointer, which the garbage collector need not follow.
type limiterShard struct {
	mu      sync.Mutex
	limit   int
	places  map[Subject]int32
	entries []limiterEntry
	newest  int32
}

type limiterEntry struct {
	subject      Subject
	whole        int64 // when the allowance is whole again, in nanoseconds since 1970
	newer, older int32
}

// entry returns the subject's entry, as the newest. The caller holds mu.
func (s *limiterShard) entry(subject Subject) *limiterEntry {
	place, ok := s.places[subject]
	switch {
	case ok:
	case len(s.entries) < s.limit:
		place = s.grow()
		s.entries[place].subject = subject
		s.places[subject] = place
	default:
		place = s.entries[s.newest].newer // of the newest comes the oldest
		delete(s.places, s.entries[place].subject)
		s.entries[place].subject, s.entries[place].whole = subject, 0
		s.places[subject] = place
	}
	s.touch(place)
	return &s.entries[place]
}

// grow adds an entry as the oldest of the ring.
func (s *limiterShard) grow() int32 {
	place := int32(len(s.entries))
	if place == 0 {
		s.entries = append(s.entries, limiterEntry{})
		return place
	}
	oldest := s.entries[s.newest].newer
	s.entries = append(s.entries, limiterEntry{newer: oldest, older: s.newest})
	s.entries[oldest].older = place
	s.entries[s.newest].newer = place
	return place
}

// touch makes an entry the newest.
func (s *limiterShard) touch(place int32) {
	if place == s.newest {
		return
	}
	entry := &s.entries[place]
	if oldest := s.entries[s.newest].newer; place != oldest {
		s.entries[entry.newer].older, s.entries[entry.older].newer = entry.older, entry.newer
		entry.newer, entry.older = oldest, s.newest
		s.entries[oldest].older = place
		s.entries[s.newest].newer = place
	}
	s.newest = place // the oldest is beside the newest already: the ring turns
}
