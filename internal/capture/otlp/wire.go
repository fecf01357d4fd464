package otlp

import (
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/heed-ai/heed"
)

// message says which of its fields hold messages that can nest, by number.
type message map[protowire.Number]*message

// The parts of the protocol in which a value may hold values.
var (
	value    = &message{}
	keyValue = &message{2: value}

	resource     = &message{1: keyValue}
	scope        = &message{3: keyValue}
	link         = &message{4: keyValue}
	event        = &message{3: keyValue}
	span         = &message{9: keyValue, 11: event, 13: link}
	record       = &message{5: value, 6: keyValue}
	traceRequest = &message{1: {1: resource, 2: {1: scope, 2: span}}}
	logsRequest  = &message{1: {1: resource, 2: {1: scope, 2: record}}}

	exemplar       = &message{7: keyValue}
	number         = &message{5: exemplar, 7: keyValue}
	histogram      = &message{8: exemplar, 9: keyValue}
	exponential    = &message{1: keyValue, 11: exemplar}
	metric         = &message{5: {1: number}, 7: {1: number}, 9: {1: histogram}, 10: {1: exponential}, 11: {1: number}, 12: keyValue}
	metricsRequest = &message{1: {1: resource, 2: {1: scope, 2: metric}}}
)

func init() {
	// A value is a list of values or of keys with values, of any depth.
	(*value)[5] = &message{1: value}
	(*value)[6] = &message{1: keyValue}
}

// checkDepth refuses a message that nests deeper than anybody needs, before a
// decoder that calls itself runs out of stack on it. What is wrong otherwise
// the decoder says.
func checkDepth(body []byte, m *message, depth int) error {
	if depth > maxDepth {
		return heed.InvalidField("body", "nests too deep: at most 64 levels")
	}
	for len(body) > 0 {
		number, kind, n := protowire.ConsumeTag(body)
		if n < 0 {
			return nil
		}
		body = body[n:]
		n = protowire.ConsumeFieldValue(number, kind, body)
		if n < 0 {
			return nil
		}
		if inner := (*m)[number]; inner != nil && kind == protowire.BytesType {
			content, _ := protowire.ConsumeBytes(body)
			if err := checkDepth(content, inner, depth+1); err != nil {
				return err
			}
		}
		body = body[n:]
	}
	return nil
}

// maxDepth counts the levels of the protocol itself, too.
const maxDepth = 64
