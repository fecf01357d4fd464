package otlp

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
)

// attributes looks a span's attributes up by the names that those who write them
// have for one thing. The first that has a value wins.
type attributes struct{ pcommon.Map }

// text returns the first value that is not empty, as text. What is asked for so is
// one thing, such as a name: of a list it is the first, as a list would be another
// name, which no filter, no price and no demand to erase knows.
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

// whole is text for what somebody wrote, of which nothing is left out: a list is
// JSON with all that is in it.
func (a attributes) whole(names ...string) string {
	for _, name := range names {
		if v, ok := a.Get(name); ok {
			if s, _ := wholeOf(v); s != "" {
				return s
			}
		}
	}
	return ""
}

// wholeOf is a value with all that is in it, and whether that is a list as JSON. A
// list of one text is that text, and one of nothing but empty texts is nothing.
func wholeOf(v pcommon.Value) (s string, list bool) {
	if v.Type() != pcommon.ValueTypeSlice {
		return textOf(v), false
	}
	all := v.Slice()
	if textOf(v) == "" {
		return "", false
	}
	if all.Len() == 1 && all.At(0).Type() == pcommon.ValueTypeStr {
		return textOf(v), false
	}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(all.AsRaw()); err != nil { // it holds a number that JSON has not
		return textOf(v), false
	}
	return strings.TrimSuffix(text.String(), "\n"), true
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

// content is what somebody wrote as it is kept, nothing where it is too long for that.
func (a attributes) content(names []string) privacy.Raw {
	for _, name := range names {
		v, ok := a.Get(name)
		if !ok {
			continue
		}
		s, list := wholeOf(v)
		prefix, numbered := strings.CutSuffix(name, ".0.content")
		if !list && (numbered || v.Type() == pcommon.ValueTypeSlice || a.isText(name)) {
			s = heed.KeepText(s)
		}
		if numbered && s != "" {
			s = either(a.messages(prefix), s)
		}
		if len(s) > maxTextBytes {
			return privacy.Raw{}
		}
		if s != "" {
			return privacy.NewRaw(s)
		}
	}
	return privacy.Raw{}
}

// isText reports whether an attribute holds a text, and no JSON of messages:
// OpenInference says beside it which, and that it is a text unless it says otherwise.
func (a attributes) isText(name string) bool {
	if prefix, ok := strings.CutSuffix(name, ".value"); ok {
		v, ok := a.Get(name)
		return ok && v.Type() == pcommon.ValueTypeStr && !strings.Contains(strings.ToLower(a.text(prefix+".mime_type")), "json")
	}
	return name == "ai.response.text"
}

// maxMessages bounds the messages that have attributes each.
const maxMessages = 1_000

// messages is, as JSON, the list of messages of which each has attributes of its
// own, such as gen_ai.prompt.0.role; nothing where there is no second.
func (a attributes) messages(prefix string) string {
	if !has(a, prefix+".1.content") {
		return ""
	}
	type message struct {
		Role    string `json:"role,omitempty"`
		Content string `json:"content"`
	}
	var all []message
	for key, v := range a.All() {
		rest, ok := strings.CutPrefix(key, prefix+".")
		number, field, _ := strings.Cut(rest, ".")
		n, err := strconv.Atoi(number)
		if !ok || err != nil || n < 0 || n >= maxMessages || field != "role" && field != "content" {
			continue
		}
		for len(all) <= n {
			all = append(all, message{})
		}
		if field == "role" {
			all[n].Role = textOf(v)
		} else {
			all[n].Content, _ = wholeOf(v)
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		return ""
	}
	return string(text)
}

// number returns the first value that is a number not below zero, or a text that
// is one.
func (a attributes) number(names ...string) *float64 { return a.numberFrom(0, names) }

// signed is number where one below zero has a meaning.
func (a attributes) signed(names ...string) *float64 { return a.numberFrom(-math.MaxFloat64, names) }

func (a attributes) numberFrom(least float64, names []string) *float64 {
	for _, name := range names {
		v, ok := a.Get(name)
		if !ok {
			continue
		}
		n, ok := numberOf(v)
		if ok && n >= least && !math.IsInf(n, 0) {
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
