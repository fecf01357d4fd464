package otlp

import (
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
)

// message says which of its fields hold messages, by number.
type message map[protowire.Number]*message

// The parts of the protocol in which a value may hold values, or in which a few
// bytes make a decoder take many.
var (
	value    = &message{}
	keyValue = &message{2: value}
	text     = &message{} // one of many
	packed   = &message{} // whole numbers of a byte or more

	entity       = &message{3: text, 4: text}
	resource     = &message{1: keyValue, 3: entity}
	scope        = &message{3: keyValue}
	link         = &message{4: keyValue}
	event        = &message{3: keyValue}
	span         = &message{9: keyValue, 11: event, 13: link}
	spans        = &message{1: scope, 2: span}
	record       = &message{5: value, 6: keyValue}
	records      = &message{1: scope, 2: record}
	traceRequest = &message{1: {1: resource, 2: spans, formerly: spans}}
	logsRequest  = &message{1: {1: resource, 2: records, formerly: records}}

	exemplar       = &message{7: keyValue}
	quantile       = &message{}
	number         = &message{5: exemplar, 6: quantile, 7: keyValue} // or a summary
	histogram      = &message{8: exemplar, 9: keyValue}
	buckets        = &message{2: packed}
	exponential    = &message{1: keyValue, 8: buckets, 9: buckets, 11: exemplar}
	metric         = &message{5: {1: number}, 7: {1: number}, 9: {1: histogram}, 10: {1: exponential}, 11: {1: number}, 12: keyValue}
	metrics        = &message{1: scope, 2: metric}
	metricsRequest = &message{1: {1: resource, 2: metrics, formerly: metrics}}
)

// formerly is where scopes stood before they were called so. Decoders still read
// it.
const formerly = 1000

func init() {
	// A value is a list of values or of keys with values, of any depth.
	(*value)[5] = &message{1: value}
	(*value)[6] = &message{1: keyValue}
}

// maxDepth counts the levels of the protocol itself, too.
const maxDepth = 64

// maxDecodedBytes bounds what a body may take once it is decoded, beside its
// texts. A span without anything takes two bytes of a body and two hundred in
// memory, so that the bound of the body alone would let 64 MiB become 7 GB. What
// exporters send takes less than its body.
const maxDecodedBytes = 256 << 20

// What the parts of the protocol take in memory, about.
const (
	messageBytes   = 256
	attributeBytes = 40
	valueBytes     = 32
)

// weigher tells of a body, before a decoder meets it, what decoding would take.
type weigher struct{ bytes int }

// checkProto refuses a message that nests deeper than anybody needs, on which a
// decoder that calls itself runs out of stack, and one that would take too much
// memory. What is not protobuf at all is refused, too: a decoder may be more
// lenient, and would read on where this did not look.
func checkProto(body []byte, m *message) error {
	w := weigher{}
	return w.walk(body, m, 0)
}

func (w *weigher) walk(body []byte, m *message, depth int) error {
	if depth > maxDepth {
		return heed.InvalidField("body", "nests too deep: at most 64 levels")
	}
	for len(body) > 0 {
		number, kind, n := protowire.ConsumeTag(body)
		if n < 0 {
			return errNotProto
		}
		body = body[n:]
		if n = protowire.ConsumeFieldValue(number, kind, body); n < 0 {
			return errNotProto
		}
		if inner := (*m)[number]; inner != nil && kind == protowire.BytesType {
			content, _ := protowire.ConsumeBytes(body)
			bytes := weightOf(inner)
			if inner == packed {
				bytes = 8 * len(content)
			}
			if err := w.add(bytes); err != nil {
				return err
			}
			if inner != text && inner != packed {
				if err := w.walk(content, inner, depth+1); err != nil {
					return err
				}
			}
		}
		body = body[n:]
	}
	return nil
}

var errNotProto = heed.InvalidField("body", "is not OTLP in protobuf, as Content-Type says")

func weightOf(m *message) int {
	switch m {
	case keyValue:
		return attributeBytes
	case value, text:
		return valueBytes
	}
	return messageBytes
}

func (w *weigher) add(bytes int) error {
	if w.bytes += bytes; w.bytes > maxDecodedBytes {
		return heed.Errorf(heed.TooLarge, "the body holds too many spans, records or values: send less at a time")
	}
	return nil
}

// checkJSON is checkProto for JSON. What makes a decoder take memory there are
// the elements of arrays: spans and records stand in three objects, and what
// stands deeper is smaller.
func checkJSON(body []byte) error {
	if err := capture.CheckJSON(body); err != nil {
		return err
	}
	const deepest = 3
	w := weigher{}
	objects, inString := 0, false
	var arrays uint64 // whether each level is one, the innermost in the lowest bit
	for i := 0; i < len(body); i++ {
		c := body[i]
		switch {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{':
			objects, arrays = objects+1, arrays<<1
		case c == '}':
			objects, arrays = objects-1, arrays>>1
		case c == '[':
			arrays = arrays<<1 | 1
		case c == ']':
			arrays >>= 1
		}
		if inString || c != '[' && (c != ',' || arrays&1 == 0) {
			continue
		}
		bytes := attributeBytes + valueBytes
		if objects <= deepest {
			bytes = messageBytes
		}
		if err := w.add(bytes); err != nil {
			return err
		}
	}
	return nil
}
