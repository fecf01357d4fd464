package heed

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// validator gathers what is wrong with one value. Messages say what is
// allowed and never repeat what was sent.
type validator struct {
	now    time.Time
	fields []FieldError
}

func (v *validator) fail(location, message string) {
	v.fields = append(v.fields, FieldError{Location: location, Message: message})
}

func (v *validator) err() error {
	if len(v.fields) == 0 {
		return nil
	}
	first := v.fields[0]
	return &Error{Code: Invalid, Message: first.Location + " " + first.Message, Fields: v.fields}
}

func (v *validator) id(location, s string) {
	switch {
	case s == "":
		v.fail(location, "is missing")
	default:
		v.bounded(location, s, MaxIDBytes)
	}
}

func (v *validator) label(location, s string) { v.bounded(location, s, MaxLabelBytes) }

func (v *validator) labels(l *Labels) {
	v.label("operation", l.Operation)
	v.label("provider", l.Provider)
	v.label("model", l.Model)
	v.label("prompt_name", l.PromptName)
	v.label("prompt_version", l.PromptVersion)
	v.label("feature", l.Feature)
	v.label("release", l.Release)
	v.label("environment", l.Environment)
}

func (v *validator) bounded(location, s string, maxBytes int) {
	switch {
	case len(s) > maxBytes:
		v.fail(location, "is too long: at most "+strconv.Itoa(maxBytes)+" bytes")
	case !utf8.ValidString(s):
		v.fail(location, "is not valid UTF-8")
	case strings.ContainsRune(s, 0):
		v.fail(location, "holds a NUL byte")
	}
}

func (v *validator) feedbackID(location, s string) {
	if s == "" || len(s) > 64 || strings.IndexFunc(s, notIDRune) >= 0 {
		v.fail(location, "must be 1 to 64 characters out of A–Z a–z 0–9 _ and -")
	}
}

func (v *validator) optionalFeedbackID(location, s string) {
	if s != "" {
		v.feedbackID(location, s)
	}
}

func notIDRune(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
}

func (v *validator) instant(location string, t time.Time) {
	switch {
	case t.IsZero():
	case t.Before(earliest):
		v.fail(location, "is before the year 2000")
	case t.After(v.now.Add(maxClockSkew)):
		v.fail(location, "is more than a day ahead: check the sender's clock")
	}
}

func (v *validator) oneOf(location, s string, allowed ...string) {
	if !slices.Contains(allowed, s) {
		v.fail(location, "must be one of: "+strings.TrimPrefix(strings.Join(allowed, ", "), ", "))
	}
}

func (v *validator) errorType(e ErrorType) {
	if slices.Contains(ErrorTypes(), e) {
		return
	}
	names := make([]string, 0, len(ErrorTypes()))
	for _, t := range ErrorTypes() {
		names = append(names, string(t))
	}
	v.fail("error_type", "must be one of: "+strings.Join(names, ", "))
}

func (v *validator) number(location string, n *float64, low, high float64) {
	if n != nil && (math.IsNaN(*n) || *n < low || *n > high) {
		v.fail(location, "is out of range")
	}
}

func (v *validator) count(location string, n *int64) {
	if n != nil && (*n < 0 || *n > MaxTokens) {
		v.fail(location, "must be a whole number from 0 to 1000000000")
	}
}

func (v *validator) score(location string, s Score) {
	for _, n := range []float64{s.Value, s.Min, s.Max} {
		if math.IsNaN(n) || math.Abs(n) > 1e9 {
			v.fail(location, "is out of range")
			return
		}
	}
	if s.Min >= s.Max || s.Value < s.Min || s.Value > s.Max {
		v.fail(location, "needs min < max and value between them")
	}
}

func (v *validator) tags(location string, tags []string) {
	if len(tags) > MaxTags {
		v.fail(location, "has too many entries: at most 16")
		return
	}
	for _, tag := range tags {
		if tag == "" {
			v.fail(location, "has an empty entry")
			return
		}
		v.bounded(location, tag, MaxTagBytes)
	}
}
