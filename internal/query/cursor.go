package query

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"time"
	"unicode/utf8"

	"github.com/heed-ai/heed"
)

// Cursor is the place after which a list goes on: the time and id of the last
// item seen. Its text form is opaque to clients.
type Cursor struct {
	Time time.Time
	ID   string
}

// IsZero reports whether the cursor stands before the first item.
func (c Cursor) IsZero() bool { return c.Time.IsZero() && c.ID == "" }

// The text of a cursor is base64url of: version (1 byte), time in microseconds
// (8 bytes), id, CRC-32 of all before (4 bytes). The checksum tells a cursor
// that was cut or changed by accident; there is nothing in it to protect,
// because a cursor only says where to go on in one's own list.
const (
	cursorVersion  = 1
	cursorHead     = 1 + 8
	cursorChecksum = 4
)

// String returns the text form, "" for the zero Cursor.
func (c Cursor) String() string {
	if c.IsZero() {
		return ""
	}
	b := make([]byte, 0, cursorHead+len(c.ID)+cursorChecksum)
	b = append(b, cursorVersion)
	b = binary.BigEndian.AppendUint64(b, uint64(c.Time.UnixMicro()))
	b = append(b, c.ID...)
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	return base64.RawURLEncoding.EncodeToString(b)
}

// ParseCursor reads what String made. Empty text is the zero Cursor; anything
// else that String did not make is Invalid.
func ParseCursor(text string) (Cursor, error) {
	if text == "" {
		return Cursor{}, nil
	}
	wrong := heed.InvalidField("query.cursor", "must be the next of an earlier page, unchanged")
	if len(text) > base64.RawURLEncoding.EncodedLen(cursorHead+heed.MaxIDBytes+cursorChecksum) {
		return Cursor{}, wrong
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) <= cursorHead+cursorChecksum || b[0] != cursorVersion {
		return Cursor{}, wrong
	}
	body, sum := b[:len(b)-cursorChecksum], b[len(b)-cursorChecksum:]
	if crc32.ChecksumIEEE(body) != binary.BigEndian.Uint32(sum) {
		return Cursor{}, wrong
	}
	c := Cursor{
		Time: time.UnixMicro(int64(binary.BigEndian.Uint64(body[1:cursorHead]))).UTC(),
		ID:   string(body[cursorHead:]),
	}
	if !utf8.ValidString(c.ID) || c.Time.Before(earliest) || c.Time.After(latest) || c.String() != text {
		return Cursor{}, wrong
	}
	return c, nil
}
