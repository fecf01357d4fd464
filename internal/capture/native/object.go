package native

import (
	"encoding/json"
	"math"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/privacy"
)

// object reads the fields of one JSON object by name and gathers what is
// wrong, field by field. Fields that nobody asks for are ignored, null is
// absent unless said otherwise, and no message repeats a value.
//
// The rejected alternative was decoding into structs: the standard library
// stops at the first wrong type, loses the field's name inside custom types
// and quotes the value.
type object struct {
	fields map[string]json.RawMessage
	wrong  []heed.FieldError
}

func newObject(text []byte) (*object, error) {
	if err := capture.CheckJSON(text); err != nil {
		return nil, err
	}
	o := &object{}
	if err := json.Unmarshal(text, &o.fields); err != nil || o.fields == nil {
		return nil, heed.InvalidField("body", "is not a JSON object")
	}
	return o, nil
}

// err returns what was wrong with the fields read so far.
func (o *object) err() error {
	if len(o.wrong) == 0 {
		return nil
	}
	first := o.wrong[0]
	return &heed.Error{Code: heed.Invalid, Message: first.Location + " " + first.Message, Fields: o.wrong}
}

func (o *object) fail(name, message string) {
	o.wrong = append(o.wrong, heed.FieldError{Location: name, Message: message})
}

// has reports whether the field is there and not null.
func (o *object) has(name string) bool {
	v, ok := o.fields[name]
	return ok && string(v) != "null"
}

// get decodes one field if it is there; what is the type in words.
func get[T any](o *object, name, what string) (v T) {
	if !o.has(name) {
		return v
	}
	if err := json.Unmarshal(o.fields[name], &v); err != nil {
		o.fail(name, "must be "+what)
		var zero T
		return zero
	}
	return v
}

func (o *object) str(name string) string {
	s := get[string](o, name, "a string")
	if strings.IndexByte(s, 0) >= 0 {
		o.fail(name, "holds a NUL byte")
		return ""
	}
	return s
}

// raw reads a text that somebody wrote.
func (o *object) raw(name string) privacy.Raw {
	if !o.has(name) {
		return privacy.Raw{}
	}
	return privacy.NewRaw(o.str(name))
}

// content reads what went into or came out of a model: a text, or any other
// JSON such as a list of messages, which is kept as its JSON text.
func (o *object) content(name string) privacy.Raw {
	if !o.has(name) || o.fields[name][0] == '"' {
		return o.raw(name)
	}
	return privacy.NewRaw(string(o.fields[name]))
}

func (o *object) number(name string) *float64 {
	if !o.has(name) {
		return nil
	}
	n := get[float64](o, name, "a number")
	return &n
}

// whole reads a whole number; 12.0 is one.
func (o *object) whole(name string) *int64 {
	n := o.number(name)
	if n == nil {
		return nil
	}
	if *n != math.Trunc(*n) || math.Abs(*n) > 1<<53 {
		o.fail(name, "must be a whole number")
		return nil
	}
	i := int64(*n)
	return &i
}

func (o *object) time(name string) time.Time {
	s := o.str(name)
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		o.fail(name, "must be a time such as 2026-01-31T12:00:00Z")
		return time.Time{}
	}
	if t.IsZero() {
		o.fail(name, "is before the year 2000")
	}
	return t
}

// edited reads a field whose absence, null and value mean different things.
func edited[T any](o *object, name string, read func(name string) T) heed.Field[T] {
	if _, ok := o.fields[name]; !ok {
		return heed.Field[T]{}
	}
	if !o.has(name) {
		return heed.Null[T]()
	}
	return heed.Value(read(name))
}
