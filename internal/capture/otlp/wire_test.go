package otlp

import (
	"bytes"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/heed-ai/heed"
)

// field is a message as a field of another.
func field(number protowire.Number, inner []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), inner)
}

// exportOf is a request of one span that holds inner.
func exportOf(inner []byte) []byte { return field(1, field(2, field(2, inner))) }

// deep is an attribute whose value is a list in a list, and so on.
func deep() []byte {
	nested := field(1, []byte("deep"))
	for range 200 {
		nested = field(5, field(1, nested))
	}
	return field(9, field(2, nested))
}

// A bucket of a histogram may take a byte of a body, and eight in memory.
func TestPackedBuckets(t *testing.T) {
	of := func(counts int) []byte { return field(8, field(2, bytes.Repeat([]byte{1}, counts))) }
	body := func(counts int) []byte { return field(1, field(2, field(2, field(10, field(1, of(counts)))))) }
	for counts, want := range map[int]heed.Code{1 << 20: "", 40 << 20: heed.TooLarge} {
		if err := (codec{}).decode(body(counts), metricsRequest, pmetricotlp.NewExportRequest()); heed.CodeOf(err) != want {
			t.Errorf("%d buckets: %v, want %q", counts, err, want)
		}
	}
}

// What would cost a decoder its stack or more memory than a request may take is
// refused before one meets it, wherever it stands.
func TestHostileBodies(t *testing.T) {
	inJSON := func(spans string) []byte {
		return []byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[` + spans + `]}]}]}`)
	}
	mismatched := protowire.AppendTag(protowire.AppendTag(nil, 99, protowire.StartGroupType), 98, protowire.EndGroupType)
	beyond := protowire.AppendVarint(nil, 1<<35|9<<3|2) // what keeps 32 bits of a number takes it for an attribute
	beyond = protowire.AppendBytes(beyond, field(2, deep()))
	const many = 1_500_000
	for _, c := range []struct {
		name string
		json bool
		body []byte
		want heed.Code
	}{
		{"deep", false, exportOf(deep()), heed.Invalid},
		{"deep, where scopes stood before", false, field(1, field(formerly, field(2, deep()))), heed.Invalid},
		{"deep, behind what only some can read", false, exportOf(append(mismatched, deep()...)), heed.Invalid},
		{"deep, under a number of 33 bits", false, exportOf(beyond), heed.Invalid},
		{"deep JSON", true, []byte(`{"resourceSpans":` + strings.Repeat("[", 100_000)), heed.Invalid},
		{"spans of two bytes", false, field(1, field(2, bytes.Repeat(field(2, nil), many))), heed.TooLarge},
		{"events of two bytes", false, exportOf(bytes.Repeat(field(11, nil), many)), heed.TooLarge},
		{"keys of entities", false, field(1, field(1, field(3, bytes.Repeat(field(3, nil), 6*many)))), heed.TooLarge},
		{"spans of three letters", true, inJSON(strings.Repeat("{},", many) + "{}"), heed.TooLarge},
		{"spans that are none", true, inJSON(strings.Repeat("null,", many) + "null"), heed.TooLarge},
		{"attributes of three letters", true, inJSON(`{"attributes":[` + strings.Repeat("{},", 3*many) + "{}]}"), heed.TooLarge},
		{"a million attributes", false, exportOf(bytes.Repeat(field(9, field(1, []byte("key"))), 1_000_000)), ""},
		{"a million attributes in JSON", true, inJSON(`{"attributes":[` + strings.Repeat(`{"key":"a,["},`, 1_000_000) + "{}]}"), ""},
	} {
		request := ptraceotlp.NewExportRequest()
		if err := (codec{json: c.json}).decode(c.body, traceRequest, request); heed.CodeOf(err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
