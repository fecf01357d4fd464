package query

import (
	"strconv"

	"github.com/heed-ai/heed"
)

// Page asks for one page of a list, newest first (by time, then id).
type Page struct {
	Project heed.ProjectID
	Window  Window
	Filter  Filter
	Of      Scope  // in a list of responses
	After   Cursor // zero: from the newest
	Limit   int    // 1 to MaxLimit
}

// Limits of one page.
const (
	MaxLimit     = 1000
	DefaultLimit = 100
)

// Validate reports what cannot be asked, as an Error of code Invalid.
func (q Page) Validate() error {
	var p problems
	checkProject(&p, q.Project)
	q.Window.check(&p)
	q.Filter.check(&p)
	if q.Limit < 1 || q.Limit > MaxLimit {
		p.add("query.limit", limitMessage)
	}
	return p.err()
}

const limitMessage = "must be a whole number from 1 to 1000"

func checkProject(p *problems, project heed.ProjectID) {
	if project == "" {
		p.add("query.project", "is missing")
	}
}

// ParseLimit reads the length of a page. Empty text is DefaultLimit.
func ParseLimit(text string) (int, error) {
	if text == "" {
		return DefaultLimit, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > MaxLimit {
		return 0, heed.InvalidField("query.limit", limitMessage)
	}
	return n, nil
}
