// Package fields reads JSON that somebody sent, one object's fields at a time,
// and names every field that is wrong. Protocols that speak JSON decode with
// it.
package fields

import (
	"encoding/json"
	"math"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/privacy"
)

// Object reads the fields of one JSON object by name and gathers what is
// wrong, field by field. Fields that nobody asks for are ignored, null is
// absent unless said otherwise, and no message repeats a value. Not safe for
// concurrent use.
//
// The rejected alternative was decoding into structs: the standard library
// stops at the first wrong type, loses the field's name inside custom types
// and quotes the value.
type Object struct {
	fields map[string]json.RawMessage
	path   string // before the names of its fields, with the dot
	wrong  *[]heed.FieldError
}

// Parse reads an object, which must be UTF-8 and nest no deeper than
// capture.MaxJSONDepth.
func Parse(text []byte) (*Object, error) {
	if err := capture.CheckJSON(text); err != nil {
		return nil, err
	}
	o := &Object{wrong: new([]heed.FieldError)}
	if err := json.Unmarshal(text, &o.fields); err != nil || o.fields == nil {
		return nil, heed.InvalidField("body", "is not a JSON object")
	}
	return o, nil
}

// Object reads a field that is an object itself. What is wrong in it is told by
// the outer one, with the path to it. One that is absent has no fields.
func (o *Object) Object(name string) *Object {
	return &Object{fields: Get[map[string]json.RawMessage](o, name, "an object"), path: o.path + name + ".", wrong: o.wrong}
}

// Err returns what was wrong with the fields read so far.
func (o *Object) Err() error {
	if len(*o.wrong) == 0 {
		return nil
	}
	first := (*o.wrong)[0]
	return &heed.Error{Code: heed.Invalid, Message: first.Location + " " + first.Message, Fields: *o.wrong}
}

// Fail notes that a field is wrong.
func (o *Object) Fail(name, message string) {
	*o.wrong = append(*o.wrong, heed.FieldError{Location: o.path + name, Message: message})
}

// Has reports whether the field is there and not null.
func (o *Object) Has(name string) bool {
	v, ok := o.fields[name]
	return ok && string(v) != "null"
}

// Names lists the fields that are there, null or not, in no order.
func (o *Object) Names() []string {
	names := make([]string, 0, len(o.fields))
	for name := range o.fields {
		names = append(names, name)
	}
	return names
}

// Text returns a field as it stands, and nil if it is absent.
func (o *Object) Text(name string) json.RawMessage {
	if !o.Has(name) {
		return nil
	}
	return o.fields[name]
}

// Get decodes one field if it is there; what is the type in words.
func Get[T any](o *Object, name, what string) (v T) {
	if !o.Has(name) {
		return v
	}
	if err := json.Unmarshal(o.fields[name], &v); err != nil {
		o.Fail(name, "must be "+what)
		var zero T
		return zero
	}
	return v
}

// String reads a string.
func (o *Object) String(name string) string {
	s := Get[string](o, name, "a string")
	if strings.IndexByte(s, 0) >= 0 {
		o.Fail(name, "holds a NUL byte")
		return ""
	}
	return s
}

// Short reads a string that is an id or a label, as Bound has them.
func (o *Object) Short(name string) string {
	s := o.String(name)
	o.Bound(name, s)
	return s
}

// Bound notes that an id or a label, read of a field, is too long to be stored.
func (o *Object) Bound(name, value string) {
	if len(value) > heed.MaxIDBytes {
		o.Fail(name, "is too long: at most 256 bytes")
	}
}

// Raw reads a text that somebody wrote.
func (o *Object) Raw(name string) privacy.Raw {
	if !o.Has(name) {
		return privacy.Raw{}
	}
	return privacy.NewRaw(o.String(name))
}

// Content reads a text, or any other JSON such as a list of messages, which is kept
// as its JSON text.
func (o *Object) Content(name string) privacy.Raw {
	if !o.Has(name) || o.fields[name][0] == '"' {
		return o.Raw(name)
	}
	return privacy.NewRaw(string(o.fields[name]))
}

// Kept reads what went into or came out of a model, as it is kept: what was sent as a
// text is not taken for JSON, whatever it looks like.
func (o *Object) Kept(name string) privacy.Raw {
	if !o.Has(name) || o.fields[name][0] != '"' {
		return o.Content(name)
	}
	return privacy.NewRaw(heed.KeepText(o.String(name)))
}

// Number reads a number, nil if it is absent.
func (o *Object) Number(name string) *float64 {
	if !o.Has(name) {
		return nil
	}
	n := Get[float64](o, name, "a number")
	return &n
}

// Whole reads a whole number; 12.0 is one.
func (o *Object) Whole(name string) *int64 {
	n := o.Number(name)
	if n == nil {
		return nil
	}
	if *n != math.Trunc(*n) || math.Abs(*n) > 1<<53 {
		o.Fail(name, "must be a whole number")
		return nil
	}
	i := int64(*n)
	return &i
}

// Time reads a time, zero if it is absent.
func (o *Object) Time(name string) time.Time {
	s := o.String(name)
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		o.Fail(name, "must be a time such as 2026-01-31T12:00:00Z")
		return time.Time{}
	}
	if t.IsZero() {
		o.Fail(name, "is before the year 2000")
	}
	return t
}

// Edited reads a field whose absence, null and value mean different things.
func Edited[T any](o *Object, name string, read func(name string) T) heed.Field[T] {
	if _, ok := o.fields[name]; !ok {
		return heed.Field[T]{}
	}
	if !o.Has(name) {
		return heed.Null[T]()
	}
	return heed.Value(read(name))
}
