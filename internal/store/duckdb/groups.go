package duckdb

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/heed-ai/heed/internal/query"
)

// group returns the group of a step and key, a new one if there is none.
func (c *counting) group(step int64, keys []string) *query.Group {
	name := strconv.FormatInt(step, 10) + "\x00" + strings.Join(keys, "\x00")
	g := c.groups[name]
	if g == nil {
		g = &query.Group{Key: make(map[query.Dimension]string, len(keys))}
		for i, d := range c.q.By {
			g.Key[d] = strings.Clone(keys[i])
		}
		if c.q.Step > 0 {
			g.Time = time.Unix(step*3600, 0).UTC()
		}
		c.groups[name] = g
	}
	return g
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
