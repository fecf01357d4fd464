package command

import (
	"bytes"
	"slices"
)

// edits are changes to a body, apart from each other and in no order.
type edits []edit

type edit struct {
	at  span
	new []byte
}

func (e *edits) replace(at span, by []byte) { *e = append(*e, edit{at, by}) }

// remove takes the message i off its list, which goes on behind it.
func (e *edits) remove(list []message, i int) {
	if i+1 < len(list) {
		e.replace(span{list[i].at.start, list[i+1].at.start}, nil)
	}
}

// ask puts the question that "/why" stands for in its place.
func (e *edits) ask(_ *chat, m *message) { e.replace(m.texts[0], []byte(`"Why?"`)) }

// unescape takes the first slash of a message away, however it is written.
func (e *edits) unescape(c *chat, m *message) {
	at := m.texts[0]
	raw := c.body[at.start:at.end]
	for i := 1; i < len(raw)-1; i++ {
		rest := raw[i:]
		switch {
		case rest[0] == '/':
			e.replace(span{at.start + i, at.start + i + 1}, nil)
			return
		case rest[0] != '\\':
		case rest[1] == '/':
			e.replace(span{at.start + i, at.start + i + 2}, nil)
			return
		case len(rest) >= 6 && bytes.EqualFold(rest[:6], []byte(`\u002f`)):
			e.replace(span{at.start + i, at.start + i + 6}, nil)
			return
		default:
			i++ // an escape of something else: white space
		}
	}
}

// apply makes the changes to a copy of a body, and returns the body itself if
// there are none.
func (e edits) apply(body []byte) []byte {
	if len(e) == 0 {
		return body
	}
	slices.SortFunc(e, func(a, b edit) int { return a.at.start - b.at.start })
	out := make([]byte, 0, len(body)+16)
	from := 0
	for _, change := range e {
		out = append(out, body[from:change.at.start]...)
		out = append(out, change.new...)
		from = change.at.end
	}
	return append(out, body[from:]...)
}
