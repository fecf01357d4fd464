package duckdb

import (
	"encoding/binary"

	"github.com/heed-ai/heed"
)

// versions are those of the fields of a response and of its two texts. A nil
// *versions means that all came with the one part there is.
type versions struct {
	fields heed.Versions
	input  heed.Version
	output heed.Version
}

// marshal writes the versions as differences from their predecessors in signed
// varints, texts first: most are equal, so most take two bytes.
func (v *versions) marshal() []byte {
	if v == nil {
		return nil
	}
	b := make([]byte, 0, 2*(len(v.fields)+2)+16)
	var last heed.Version
	for _, w := range append([]heed.Version{v.input, v.output}, v.fields...) {
		b = binary.AppendVarint(b, w.Time-last.Time)
		b = binary.AppendVarint(b, w.Received-last.Received)
		last = w
	}
	return b
}

func unmarshalVersions(b []byte) *versions {
	if len(b) == 0 {
		return nil
	}
	var all []heed.Version
	var last heed.Version
	for len(b) > 0 {
		time, n := binary.Varint(b)
		received, m := binary.Varint(b[max(n, 0):])
		if n <= 0 || m <= 0 {
			break
		}
		b = b[n+m:]
		last = heed.Version{Time: last.Time + time, Received: last.Received + received}
		all = append(all, last)
	}
	if len(all) < 2 {
		return nil
	}
	return &versions{input: all[0], output: all[1], fields: all[2:]}
}
