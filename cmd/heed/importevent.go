package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
)

// lineIDs gives lines that nothing else identifies an id of their own, the
// same each time the same file is imported, so that a second import changes
// nothing. Identical lines stand for events of their own: their ids differ by
// which of them it is.
type lineIDs struct {
	seen map[uint64]uint32 // by the first half of the hash: how often so far
}

func newLineIDs() *lineIDs { return &lineIDs{seen: make(map[uint64]uint32)} }

// next returns the id of a compact line.
func (ids *lineIDs) next(compact []byte) string {
	content := sha256.Sum256(compact)
	place := binary.BigEndian.Uint64(content[:8])
	ids.seen[place]++
	numbered := sha256.Sum256(binary.BigEndian.AppendUint32(bytes.Clone(compact), ids.seen[place]))
	return "im_" + hex.EncodeToString(numbered[:16])
}

// eventOf makes the event of a line: nothing for a blank one, and an error
// for one that can be no event, which then need not be sent. Everything else
// is for the server to judge.
func (im *importer) eventOf(line importLine) (json.RawMessage, *heed.Error) {
	if line.tooLong {
		return nil, heed.Errorf(heed.TooLarge, "is longer than 1 MiB")
	}
	if len(line.text) == 0 {
		return nil, nil
	}
	if err := capture.CheckJSON(line.text); err != nil {
		return nil, heed.Errorf(heed.Invalid, "is not valid UTF-8, or nests too deep")
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(line.text, &fields); err != nil || fields == nil {
		return nil, heed.Errorf(heed.Invalid, "is not a JSON object")
	}
	if lacksID(fields) {
		var compact bytes.Buffer
		// It has just been parsed.
		_ = json.Compact(&compact, line.text)
		fields["id"] = json.RawMessage(`"` + im.ids.next(compact.Bytes()) + `"`)
	}
	event, err := json.Marshal(fields)
	if err != nil {
		return nil, heed.Errorf(heed.Invalid, "is not a JSON object")
	}
	return event, nil
}

// lacksID reports whether sending the event twice would count it twice: the
// server knows a response by its response_id, feedback by its id or by who
// gave it, and everything else by its id alone.
func lacksID(fields map[string]json.RawMessage) bool {
	var kind string
	if json.Unmarshal(fields["type"], &kind) != nil {
		return false
	}
	switch kind {
	case "feedback":
		return absent(fields["id"]) && blank(fields["user"])
	case "signal", "change":
		return blank(fields["id"])
	}
	return false
}

func absent(value json.RawMessage) bool { return value == nil || string(value) == "null" }

func blank(value json.RawMessage) bool { return absent(value) || string(value) == `""` }
