package gateway

import (
	"bytes"
	"io"
)

// maxUnasked is how long an event may be that is held back until it is whole. The
// event that tells the usage is much shorter.
const maxUnasked = 64 << 10

// unasked is a stream of chat completions without what include_usage adds to it:
// the event that tells the usage and has no choices, and the usage of null in
// every other one. All other bytes pass as they are. An event is held back until
// its end has come, and what has no end passes at the end of the stream.
type unasked struct {
	from    io.ReadCloser
	pending []byte // of an event whose end has not come
	line    int    // where its last line begins in pending
	long    bool   // it is so long that it passes as it comes: pending is its end
	within  bool   // the line at the beginning of pending began before
	passing []byte
	failed  error
}

func (u *unasked) Read(p []byte) (int, error) {
	for len(u.passing) == 0 {
		if u.failed != nil || len(p) == 0 {
			return 0, u.failed
		}
		var n int
		n, u.failed = u.from.Read(p)
		u.pending = append(u.pending, p[:n]...)
		u.passing = u.pass(nil)
	}
	n := copy(p, u.passing)
	u.passing = u.passing[n:]
	return n, nil
}

func (u *unasked) Close() error { return u.from.Close() }

// pass appends what passes of pending, and leaves the rest there.
func (u *unasked) pass(to []byte) []byte {
	for {
		length, next := lineEnd(u.pending[u.line:])
		if next < 0 {
			break
		}
		blank := length == 0 && !(u.within && u.line == 0)
		if u.line += next; blank {
			to = u.end(to, u.line)
		}
	}
	switch {
	case u.failed != nil:
		to = u.end(to, len(u.pending))
	case u.long || len(u.pending) > maxUnasked:
		n := len(u.pending)
		if n > 0 && u.pending[n-1] == '\r' {
			n-- // the end of its line may have a second half
		}
		u.within = n > u.line || u.within && u.line == 0
		to = append(to, u.pending[:n]...)
		u.pending = append(u.pending[:0], u.pending[n:]...)
		u.line, u.long = 0, true
	}
	return to
}

// end ends the event that has n bytes in pending.
func (u *unasked) end(to []byte, n int) []byte {
	event := u.pending[:n]
	from, until := 0, 0
	if !u.long && n <= maxUnasked {
		from, until = usageIn(event)
	}
	to = append(append(to, event[:from]...), event[until:]...)
	u.pending = u.pending[n:]
	u.line, u.long, u.within = 0, false, false
	return to
}

// usageIn finds what is there in an event only because usage was asked for: all
// of it, a member of its object, or nothing.
func usageIn(event []byte) (from, until int) {
	if !bytes.Contains(event, []byte(`"usage"`)) {
		return 0, 0
	}
	var data []byte
	var at int // of data in event
	for line, more := 0, true; more; {
		length, next := lineEnd(event[line:])
		if value, ok := dataIn(event[line : line+length]); ok {
			if data != nil {
				return 0, 0 // no provider writes a chunk on many lines
			}
			data, at = value, line+length-len(value)
		}
		more = next >= 0 && line+next < len(event)
		line += next
	}
	s := scan{text: data}
	var choices, usage []byte
	var begin, end int // of the member, with a comma
	s.open('{')
	for first := true; s.more('}'); first = false {
		comma := s.at - 1
		name := string(s.key())
		value := s.skip()
		switch name {
		case "choices":
			choices = value
		case "usage":
			usage, begin, end = value, comma, s.at
			if first {
				begin = comma + 1
				if s.peek() == ',' {
					end = s.at + 1
				}
			}
		}
	}
	switch {
	case s.bad:
		return 0, 0
	case len(usage) > 0 && usage[0] == '{' && isEmptyList(choices):
		return 0, len(event)
	case isNull(usage):
		return at + begin, at + end
	}
	return 0, 0
}

func isEmptyList(value []byte) bool {
	return len(value) >= 2 && value[0] == '[' && len(bytes.TrimSpace(value[1:len(value)-1])) == 0
}
