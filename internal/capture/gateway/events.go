package gateway

import (
	"bytes"
	"iter"
)

// eventsIn are the data of the events of a stream, each with the place where it
// ends. The last may be cut off: it is left out.
func eventsIn(stream []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		var data []byte
		for at := 0; at < len(stream); {
			end := bytes.IndexByte(stream[at:], '\n')
			if end < 0 {
				break
			}
			line := bytes.TrimSuffix(stream[at:at+end], []byte("\r"))
			at += end + 1
			value, ok := bytes.CutPrefix(line, []byte("data:"))
			switch {
			case ok && data == nil:
				data = bytes.TrimPrefix(value, []byte(" "))
			case ok:
				data = append(append(bytes.Clone(data), '\n'), bytes.TrimPrefix(value, []byte(" "))...)
			case len(line) == 0 && data != nil:
				if !yield(at, data) {
					return
				}
				data = nil
			}
		}
		if data != nil {
			// Some end without the empty line.
			yield(len(stream), data)
		}
	}
}
