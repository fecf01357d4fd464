package gateway

import (
	"bytes"
	"iter"
)

// eventsIn are the data of the events of a stream, each with the place where it
// ends. A line that was cut off is left out.
func eventsIn(stream []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		var data []byte
		for at := 0; at < len(stream); {
			length, next := lineEnd(stream[at:])
			if next < 0 {
				if at+length == len(stream) {
					break
				}
				next = length + 1 // a CR at the very end
			}
			line := stream[at : at+length]
			at += next
			value, ok := dataIn(line)
			switch {
			case ok && data == nil:
				data = value
			case ok:
				data = append(append(bytes.Clone(data), '\n'), value...)
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

// dataIn is what a line adds to the data of its event.
func dataIn(line []byte) (value []byte, ok bool) {
	value, ok = bytes.CutPrefix(line, []byte("data:"))
	return bytes.TrimPrefix(value, []byte(" ")), ok
}
