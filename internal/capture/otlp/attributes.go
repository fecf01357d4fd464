package otlp

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/heed-ai/heed/internal/privacy"
)

// attributes looks a span's attributes up by the names that those who write them
// have for one thing. The first that has a value wins.
type attributes struct{ pcommon.Map }

// text returns the first value that is not empty, as text.
func (a attributes) text(names ...string) string {
	for _, name := range names {
		if v, ok := a.Get(name); ok {
			if s := textOf(v); s != "" {
				return s
			}
		}
	}
	return ""
}

// textOf is a value as text; of a list the first that is not empty.
func textOf(v pcommon.Value) string {
	if v.Type() != pcommon.ValueTypeSlice {
		return strings.TrimSpace(v.AsString())
	}
	for _, item := range v.Slice().All() {
		if s := strings.TrimSpace(item.AsString()); s != "" {
			return s
		}
	}
	return ""
}

// label is text that can be the name of something, nothing where it is too long or
// is not text: then the name is lost, and not what has it.
func (a attributes) label(names ...string) string {
	return nameOf(a.text(names...))
}

func nameOf(s string) string {
	if len(s) > maxLabelBytes || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return ""
	}
	return s
}

// content is what somebody wrote, nothing where it is too long to be kept.
func (a attributes) content(names []string) privacy.Raw {
	s := a.text(names...)
	if len(s) > maxTextBytes {
		return privacy.Raw{}
	}
	return privacy.NewRaw(s)
}

// number returns the first value that is a number, or a text that is one.
func (a attributes) number(names ...string) *float64 {
	for _, name := range names {
		v, ok := a.Get(name)
		if !ok {
			continue
		}
		n, ok := numberOf(v)
		if ok && n >= 0 && !math.IsInf(n, 0) {
			return &n
		}
	}
	return nil
}

func numberOf(v pcommon.Value) (float64, bool) {
	switch v.Type() {
	case pcommon.ValueTypeInt:
		return float64(v.Int()), true
	case pcommon.ValueTypeDouble:
		return v.Double(), !math.IsNaN(v.Double())
	case pcommon.ValueTypeStr:
		n, err := strconv.ParseFloat(strings.TrimSpace(v.Str()), 64)
		return n, err == nil && !math.IsNaN(n)
	}
	return 0, false
}

// count is a number of tokens.
func (a attributes) count(names ...string) *int64 {
	n := a.number(names...)
	if n == nil || *n > maxCount {
		return nil
	}
	whole := int64(math.Round(*n))
	return &whole
}

const (
	maxLabelBytes = 256
	maxCount      = 1_000_000_000
)
