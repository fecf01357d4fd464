package access

import (
	"slices"
	"sync"
	"time"

	"github.com/heed-ai/heed"
)

// RefusedOrigin is a web page's origin that no project allows and that was
// refused lately: usually a new page that somebody forgot to allow.
type RefusedOrigin struct {
	Origin string    `json:"origin"`
	Times  int64     `json:"times"`
	Last   time.Time `json:"last"`
}

// Bounds of what is remembered of refused origins: anybody can send any.
const (
	maxRefused     = 32
	maxOriginBytes = 256
)

// refusals remembers the origins that were refused lately. Safe for concurrent
// use.
type refusals struct {
	mu  sync.Mutex
	all []RefusedOrigin // the one refused last at the end
}

func (r *refusals) note(origin string, now time.Time) {
	if len(origin) > maxOriginBytes || !heed.ValidOrigin(origin) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	refused := RefusedOrigin{Origin: origin}
	if i := slices.IndexFunc(r.all, func(o RefusedOrigin) bool { return o.Origin == origin }); i >= 0 {
		refused = r.all[i]
		r.all = slices.Delete(r.all, i, i+1)
	} else if len(r.all) == maxRefused {
		r.all = slices.Delete(r.all, 0, 1)
	}
	refused.Times++
	refused.Last = heed.Instant(now)
	r.all = append(r.all, refused)
}

// RefusedOrigins returns the origins that were refused since the start and that
// allowed does not hold, the latest first.
func (a *Authority) RefusedOrigins(allowed []string) []RefusedOrigin {
	a.refused.mu.Lock()
	defer a.refused.mu.Unlock()
	list := []RefusedOrigin{}
	for _, o := range slices.Backward(a.refused.all) {
		if !slices.Contains(allowed, o.Origin) {
			list = append(list, o)
		}
	}
	return list
}
