package otlp

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
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

// label is text, cut where it is too long to be the name of anything.
func (a attributes) label(names ...string) string {
	s := a.text(names...)
	if len(s) > maxLabelBytes {
		return ""
	}
	return s
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

// object returns the numbers of a JSON object that an attribute holds as text.
func (a attributes) object(name string) map[string]float64 {
	var all map[string]any
	if json.Unmarshal([]byte(a.text(name)), &all) != nil {
		return nil
	}
	numbers := make(map[string]float64, len(all))
	for key, value := range all {
		if n, ok := value.(float64); ok && n >= 0 {
			numbers[key] = n
		}
	}
	return numbers
}

const (
	maxLabelBytes = 256
	maxCount      = 1_000_000_000
)
