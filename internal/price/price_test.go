package price

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

func known(n int64) *int64 { return &n }

func TestCost(t *testing.T) {
	table, err := Known()
	if err != nil {
		t.Fatal(err)
	}
	var own Table
	if err := yaml.UnmarshalWithOptions([]byte("house: [{since: 2025-06-01, input: 4}, {input: 2, output: 3}]\ngpt-5: [{input: 0, output: 0}]"), &own, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	extended := table.With(own)
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		table  Table
		model  string
		at     time.Time
		tokens Tokens
		want   float64 // below zero: not known
	}{
		{"plain", table, "gpt-4o", now, Tokens{Input: known(1000), Output: known(100)}, 0.0035},
		{"cached", table, "gpt-4o", now, Tokens{Input: known(1000), Output: known(100), Cached: 600}, 0.00275},
		{"a version of a model", table, "gpt-4o-2024-08-06", now, Tokens{Input: known(1000), Output: known(0)}, 0.0025},
		{"a version with a price of its own", table, "gpt-4o-2024-05-13", now, Tokens{Input: known(1000), Output: known(0)}, 0.005},
		{"written to the cache", table, "claude-sonnet-4-5-20250929", now, Tokens{Input: known(1000), Output: known(0), Cached: 200, Written: 300, WrittenHour: 100}, 0.0012 + 0.00006 + 0.001125 + 0.0006},
		{"an embedding has no output", table, "text-embedding-3-small", now, Tokens{Input: known(1_000_000)}, 0.02},
		{"before a price fell", table, "o3", time.Date(2025, 5, 1, 0, 0, 0, 0, time.UTC), Tokens{Input: known(1000), Output: known(0)}, 0.01},
		{"after it", table, "o3", now, Tokens{Input: known(1000), Output: known(0)}, 0.002},
		{"before there was a price", table, "o3", time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), Tokens{Input: known(1000), Output: known(0)}, -1},
		{"beyond what a price is for", table, "claude-sonnet-4-5", now, Tokens{Input: known(200_001), Output: known(1)}, -1},
		{"no such model", table, "gpt-5-imaginary", now, Tokens{Input: known(1), Output: known(1)}, -1},
		{"no name", table, "", now, Tokens{Input: known(1), Output: known(1)}, -1},
		{"output not known", table, "gpt-4o", now, Tokens{Input: known(1)}, -1},
		{"input not known", table, "gpt-4o", now, Tokens{Output: known(1)}, -1},
		{"more cached than put in", table, "gpt-4o", now, Tokens{Input: known(1), Output: known(1), Cached: 2}, -1},
		{"one's own", extended, "house", now, Tokens{Input: known(1_000_000), Output: known(1_000_000)}, 4},
		{"one's own, before", extended, "house", time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), Tokens{Input: known(1_000_000), Output: known(1_000_000)}, 5},
		{"one's own comes first", extended, "gpt-5", now, Tokens{Input: known(1), Output: known(1)}, 0},
		{"the others stay", extended, "gpt-4o", now, Tokens{Input: known(1000), Output: known(0)}, 0.0025},
	} {
		got := c.table.Cost(c.model, c.at, c.tokens)
		if (got == nil) != (c.want < 0) || got != nil && math.Abs(*got-c.want) > 1e-12 {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

// What comes with Heed is in order, and every price could be one.
func TestKnown(t *testing.T) {
	table, err := Known()
	if err != nil {
		t.Fatal(err)
	}
	for model, prices := range table {
		if len(prices) == 0 || !slices.IsSortedFunc(prices, bySince) {
			t.Errorf("%s: %v", model, prices)
		}
		for _, p := range prices {
			if err := p.Validate(); err != nil || p.Since == "" || p.Input <= 0 || p.Cached != nil && *p.Cached >= p.Input || p.Written != nil && *p.Written <= p.Input {
				t.Errorf("%s: %+v %v", model, p, err)
			}
		}
	}
}
