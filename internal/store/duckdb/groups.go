package duckdb

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/heed-ai/heed/internal/query"
)

// groupAt is what a group is known by: its step and its key, joined.
type groupAt struct {
	step int64
	key  string
}

// group returns the group of a step and key, a new one if there is none.
func (c *counting) group(step int64, key string) *query.Group {
	at := groupAt{step, key}
	g := c.groups[at]
	if g == nil {
		g = &query.Group{Key: make(map[query.Dimension]string, len(c.q.By))}
		if len(c.q.By) > 0 {
			for i, value := range strings.Split(key, keySeparator) {
				g.Key[c.q.By[i]] = value
			}
		}
		if c.q.Step > 0 {
			g.Time = time.Unix(step*3600, 0).UTC()
		}
		c.groups[at] = g
	}
	return g
}

// withOwn puts the values of a feedback's own dimensions into the key of its class.
func (c *counting) withOwn(key string, own []string) string {
	if len(own) == 0 {
		return key
	}
	values := strings.Split(key, keySeparator)
	for i, d := range c.q.By {
		if d.OfFeedback() {
			values[i], own = own[0], own[1:]
		}
	}
	return strings.Join(values, keySeparator)
}

// sorted returns the groups in the order of the contract, the newest MaxPoints
// steps of them.
func (c *counting) sorted() []query.Group {
	groups := make([]query.Group, 0, len(c.groups))
	for _, g := range c.groups {
		groups = append(groups, *g)
	}
	slices.SortFunc(groups, func(a, b query.Group) int {
		order := cmp.Or(a.Time.Compare(b.Time), cmp.Compare(b.Responses, a.Responses))
		for _, d := range c.q.By {
			order = cmp.Or(order, cmp.Compare(a.Key[d], b.Key[d]))
		}
		return order
	})
	points := 0
	for i := len(groups) - 1; i >= 0; i-- {
		if i == len(groups)-1 || !groups[i].Time.Equal(groups[i+1].Time) {
			points++
		}
		if points > query.MaxPoints {
			return groups[i+1:]
		}
	}
	return groups
}
