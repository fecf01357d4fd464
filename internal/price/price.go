// Package price says what the tokens of an answer cost. Pure.
package price

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// Price is what a model costs from a day on, in USD per million tokens.
type Price struct {
	Since       string   `yaml:"since,omitempty"` // a day, UTC, such as 2025-08-07; empty: always
	Input       float64  `yaml:"input"`
	Output      float64  `yaml:"output"`
	Cached      *float64 `yaml:"cached,omitempty"`       // read from the provider's cache; nil: as Input
	Written     *float64 `yaml:"written,omitempty"`      // written to it; nil: as Input
	WrittenHour *float64 `yaml:"written_hour,omitempty"` // written to it for an hour; nil: as Written
	UpTo        int64    `yaml:"up_to,omitempty"`        // input tokens up to which this holds; 0: any number
}

// Validate names what is wrong with a price.
func (p Price) Validate() error {
	if _, err := time.Parse(time.DateOnly, p.Since); p.Since != "" && err != nil {
		return errors.New("needs a since such as 2025-08-07")
	}
	for _, n := range []*float64{&p.Input, &p.Output, p.Cached, p.Written, p.WrittenHour} {
		if n != nil && (!(*n >= 0) || *n > 1_000_000) {
			return errors.New("needs prices in USD per million tokens, from 0 to 1,000,000")
		}
	}
	if p.UpTo < 0 {
		return errors.New("needs an up_to of 0 or more input tokens")
	}
	return nil
}

// Table holds the prices of models by name, each in the order of their days.
// It is not changed once it is in use.
type Table map[string][]Price

//go:embed prices.yaml
var prices []byte

// Known returns the prices that Heed comes with.
func Known() (Table, error) {
	var t Table
	if err := yaml.UnmarshalWithOptions(prices, &t, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("prices.yaml: %w", err)
	}
	return t, nil
}

// With returns the table with the prices of own in place of its own.
func (t Table) With(own Table) Table {
	t = maps.Clone(t)
	for model, prices := range own {
		t[model] = slices.SortedStableFunc(slices.Values(prices), bySince)
	}
	return t
}

func bySince(a, b Price) int { return strings.Compare(a.Since, b.Since) }

// Tokens are what an answer consumed. Input counts all that were put in, also
// those of the cache; nil is not known.
type Tokens struct {
	Input, Output                *int64
	Cached, Written, WrittenHour int64
}

// Cost returns what an answer of a model cost, in USD; nil if that is not known.
func (t Table) Cost(model string, at time.Time, tokens Tokens) *float64 {
	p, ok := t.priceOf(model, at)
	if !ok || tokens.Input == nil || tokens.Output == nil && p.Output > 0 || p.UpTo > 0 && *tokens.Input > p.UpTo {
		return nil
	}
	plain := *tokens.Input - tokens.Cached - tokens.Written - tokens.WrittenHour
	if plain < 0 {
		return nil // the counts contradict each other
	}
	written := or(p.Written, p.Input)
	sum := float64(plain)*p.Input + float64(tokens.Cached)*or(p.Cached, p.Input) +
		float64(tokens.Written)*written + float64(tokens.WrittenHour)*or(p.WrittenHour, written)
	if tokens.Output != nil {
		sum += float64(*tokens.Output) * p.Output
	}
	sum /= 1_000_000
	return &sum
}

func or(price *float64, other float64) float64 {
	if price != nil {
		return *price
	}
	return other
}

// unversioned is a model's name without what providers put behind it to pin it.
func unversioned(model string) string {
	if name, ok := strings.CutSuffix(model, "-latest"); ok {
		return name
	}
	for _, layout := range []string{"-20060102", "@20060102", "-2006-01-02"} {
		// Most names have no day: an error of time.Parse would cost more than all else.
		if at := len(model) - len(layout); at > 0 && model[at] == layout[0] && isDigit(model[at+1]) {
			if _, err := time.Parse(layout, model[at:]); err == nil {
				return model[:at]
			}
		}
	}
	return model
}

func isDigit(c byte) bool { return c-'0' < 10 }

// priceOf finds the price of a model on a day: under its own name, or under
// that without a version.
func (t Table) priceOf(model string, at time.Time) (Price, bool) {
	found, ok := t[model]
	if !ok {
		found = t[unversioned(model)]
	}
	var space [len(time.DateOnly) + 8]byte
	day := at.UTC().AppendFormat(space[:0], time.DateOnly)
	for _, p := range slices.Backward(found) {
		if p.Since <= string(day) {
			return p, true
		}
	}
	return Price{}, false
}
