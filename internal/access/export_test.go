package access

import "time"

// Remembered returns how many answers about keys an Authority keeps.
func Remembered(a *Authority) int {
	a.keys.mu.RLock()
	defer a.keys.mu.RUnlock()
	return len(a.keys.present) + len(a.keys.absent) + len(a.keys.flights)
}

// MostRemembered is the most it may keep, of what is there and what is not.
const MostRemembered = 2 * cachedKeys

// LimiterPart returns one shard of a Limiter: order lists its subjects from
// the newest to the oldest, and touch lets one of them call.
func LimiterPart(room int) (order func() []Subject, touch func(Subject)) {
	shard := &limiterShard{limit: room, places: make(map[Subject]int32)}
	order = func() []Subject {
		subjects := make([]Subject, 0, room)
		place := shard.newest
		for range shard.entries {
			subjects = append(subjects, shard.entries[place].subject)
			place = shard.entries[place].older
		}
		return subjects
	}
	return order, func(who Subject) { shard.entry(who) }
}

// Forged is a well-formed key with the id of another one, as somebody makes it
// who has seen a token.
func Forged(key string) string {
	body := []byte(key[:keyLen-checksumLen])
	if last := &body[len(body)-1]; *last == 'x' {
		*last = 'y'
	} else {
		*last = 'x'
	}
	return string(body) + checksum(string(body))
}

// Lasts is until when a session lasts that is used now.
func Lasts(begun, now time.Time) time.Time { return lasts(begun, now) }

// ReturnPath is where somebody goes after an identity provider, and NameFor what
// the n-th one is named whom it calls so.
var (
	ReturnPath = returnPath
	NameFor    = nameFor
)
