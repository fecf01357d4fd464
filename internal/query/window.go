package query

import (
	"net/url"
	"time"

	"github.com/heed-ai/heed"
)

// Window is a span of time, From inclusive and To exclusive. A zero From or
// To leaves that side open.
type Window struct{ From, To time.Time }

// Contains reports whether t lies in the window.
func (w Window) Contains(t time.Time) bool {
	return (w.From.IsZero() || !t.Before(w.From)) && (w.To.IsZero() || t.Before(w.To))
}

// Times outside this range can be stored nowhere and asked for by nobody.
var (
	earliest = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

func (w Window) check(p *problems) {
	for _, bound := range []struct {
		location string
		at       time.Time
	}{{"query.from", w.From}, {"query.to", w.To}} {
		if !bound.at.IsZero() && (bound.at.Before(earliest) || bound.at.After(latest)) {
			p.add(bound.location, "must be between 1970 and 2200")
		}
	}
	if !w.From.IsZero() && !w.To.IsZero() && w.To.Before(w.From) {
		p.add("query.to", "must not be before from")
	}
}

// ParseWindow reads "from" and "to", each RFC 3339 or absent, to the
// microsecond.
func ParseWindow(q url.Values) (Window, error) {
	var w Window
	var p problems
	for _, bound := range []struct {
		name string
		at   *time.Time
	}{{"from", &w.From}, {"to", &w.To}} {
		text := q.Get(bound.name)
		if text == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			p.add("query."+bound.name, "must be a time such as 2026-03-01T00:00:00Z")
			continue
		}
		*bound.at = heed.Instant(at)
	}
	if len(p) == 0 {
		w.check(&p)
	}
	return w, p.err()
}
