package command

import (
	"sync"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
)

// Limits bound an Index.
type Limits struct {
	Answers int           // how many answers are remembered
	Age     time.Duration // and for how long
}

// DefaultLimits remember a day of a busy chat, in about 20 MB when full.
func DefaultLimits() Limits { return Limits{Answers: 50_000, Age: 24 * time.Hour} }

// Index finds an answer again: by the conversation it is in, by the answer
// that the chat shows, or by the answer that came after it. It holds response
// ids, times and keyed hashes (HMAC-SHA256, 128 bits) and no text. It lives in
// memory only: after a restart the answers before it can be rated where the
// request names them, and else not by command. Safe for concurrent use.
//
// What was remembered last is found first. Answers are forgotten in the order
// they came, when there are too many of them or their time is over.
//
// The rejected alternative was to look answers up in the store. It knows no
// hash of an answer, and a hash that outlives the conversation could be tested
// against guesses by whoever gets its key.
type Index struct {
	names *privacy.Pseudonymizer
	age   time.Duration

	mu   sync.Mutex
	ring []entry          // of the answer number n at n mod len
	next int64            // number of the next answer; the first is 1
	last map[hash16]int64 // number of the last answer with a hash
}

type hash16 [16]byte

// An entry is found by these hashes. A zero hash is none.
const (
	byID           = iota // its response id
	byConversation        // the conversation it is in, where that has an id
	byExchange            // who asked what, and the answer
	byExact               // the answer
	byLoose               // the answer, without what may be numbers of a list
	ways
)

type entry struct {
	response heed.ResponseID
	before   heed.ResponseID // the answer it goes on from, where its request named one
	at       time.Time
	hashes   [ways]hash16
	earlier  [ways]int64 // number of the answer before it with the same hash
}

// NewIndex makes an empty Index. Its hashes are made by names, which may have
// a key of its own that nobody keeps.
func NewIndex(names *privacy.Pseudonymizer, limits Limits) *Index {
	return &Index{
		names: names, age: limits.Age, next: 1,
		ring: make([]entry, max(limits.Answers, 1)), last: make(map[hash16]int64),
	}
}

// maxSearch is how many answers of a conversation are looked at.
const maxSearch = 1000

// place is where an answer stands: what it is looked up by. Texts are prints.
type place struct {
	project      heed.ProjectID
	conversation string // the id of the conversation, or empty
	person       heed.Respondent
	question     string
	answer       prints
}

// hashes makes the hashes of an answer at a place.
func (x *Index) hashes(p place) (h [ways]hash16) {
	keyed := func(purpose string, parts ...string) hash16 {
		return x.names.Keyed("heed/command/"+purpose+"/v1", append([]string{string(p.project)}, parts...)...)
	}
	if p.conversation != "" {
		h[byConversation] = keyed("conversation", p.conversation)
	}
	if p.answer.exact != "" {
		h[byExchange] = keyed("exchange", string(p.person[:]), p.question, p.answer.exact)
		h[byExact] = keyed("exact", p.answer.exact)
		h[byLoose] = keyed("loose", p.answer.loose)
	}
	return h
}

func (x *Index) idHash(project heed.ProjectID, id heed.ResponseID) hash16 {
	return x.names.Keyed("heed/command/id/v1", string(project), string(id))
}

// add remembers an answer at a place. before is the answer that its request
// said it goes on from, if it did.
func (x *Index) add(p place, id, before heed.ResponseID) {
	e := entry{response: id, before: before, at: time.Now(), hashes: x.hashes(p)}
	e.hashes[byID] = x.idHash(p.project, id)
	x.mu.Lock()
	defer x.mu.Unlock()
	n := x.next
	x.next++
	slot := &x.ring[n%int64(len(x.ring))]
	x.forget(slot, n-int64(len(x.ring)))
	for way, hash := range e.hashes {
		if hash != (hash16{}) {
			e.earlier[way] = x.last[hash]
			x.last[hash] = n
		}
	}
	*slot = e
}

// forget makes room in a slot that holds the answer number n.
func (x *Index) forget(slot *entry, n int64) {
	for _, hash := range slot.hashes {
		if hash != (hash16{}) && x.last[hash] == n {
			delete(x.last, hash)
		}
	}
}

// at returns the answer number n, if it is still remembered.
func (x *Index) at(n int64) (*entry, bool) {
	if n < 1 || n <= x.next-1-int64(len(x.ring)) {
		return nil, false
	}
	e := &x.ring[n%int64(len(x.ring))]
	return e, time.Since(e.at) < x.age
}

// newest returns the last answer with a hash, by one of the ways.
func (x *Index) newest(hash hash16) (*entry, bool) { return x.at(x.last[hash]) }

// find returns the answer at a place: in its conversation first, then by who
// asked what, then by the answer alone.
func (x *Index) find(p place) (heed.ResponseID, bool) {
	h := x.hashes(p)
	if h[byExact] == (hash16{}) {
		return "", false
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	n := x.last[h[byConversation]]
	for range maxSearch {
		e, ok := x.at(n)
		if !ok {
			break
		}
		if e.hashes[byExact] == h[byExact] || e.hashes[byLoose] == h[byLoose] {
			return e.response, true
		}
		n = e.earlier[byConversation]
	}
	for _, way := range []int{byExchange, byExact, byLoose} {
		if e, ok := x.newest(h[way]); ok {
			return e.response, true
		}
	}
	return "", false
}

// inConversation returns the n-th answer of a conversation, from its end.
func (x *Index) inConversation(project heed.ProjectID, conversation string, n int) (heed.ResponseID, bool) {
	hash := x.hashes(place{project: project, conversation: conversation})[byConversation]
	x.mu.Lock()
	defer x.mu.Unlock()
	e, ok := x.newest(hash)
	for ; ok && n > 1; n-- {
		e, ok = x.at(e.earlier[byConversation])
	}
	if !ok || hash == (hash16{}) {
		return "", false
	}
	return e.response, true
}

// before returns the answer that the one with an id goes on from. Responses in
// between that only called tools are no answers.
func (x *Index) before(project heed.ProjectID, id heed.ResponseID) (heed.ResponseID, bool) {
	hash := x.idHash(project, id)
	x.mu.Lock()
	defer x.mu.Unlock()
	for range maxSearch {
		e, ok := x.newest(hash)
		if !ok || e.before == "" {
			return "", false
		}
		id, hash = e.before, x.idHash(project, e.before)
		if e, ok = x.newest(hash); !ok || e.hashes[byExact] != (hash16{}) {
			return id, true
		}
	}
	return "", false
}
