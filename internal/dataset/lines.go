package dataset

import (
	"bytes"
	"encoding/json"
	"io"
)

// lines writes JSON Lines.
type lines struct {
	w    io.Writer
	rows func(*Item) []any
	line bytes.Buffer
}

func newLines(w io.Writer, rows func(*Item) []any) Encoder { return &lines{w: w, rows: rows} }

func (l *lines) Write(i *Item) (int, error) {
	rows := l.rows(i)
	for _, row := range rows {
		l.line.Reset()
		encoder := json.NewEncoder(&l.line)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(row); err != nil {
			return 0, err
		}
		if _, err := l.w.Write(l.line.Bytes()); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

func (l *lines) Close() error { return nil }
