package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// lineSeen is an importLine that may be kept.
type lineSeen struct {
	Number  int64
	Text    string
	TooLong bool
}

func linesOf(t testing.TB, r io.Reader) []lineSeen {
	t.Helper()
	file, err := newImportFile("test", r, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	lines := []lineSeen{}
	for {
		line, err := file.next()
		if errors.Is(err, io.EOF) {
			return lines
		}
		if err != nil {
			t.Fatal(err)
		}
		seen := lineSeen{Number: line.number, TooLong: line.tooLong}
		if !line.tooLong {
			seen.Text = string(line.text)
		}
		lines = append(lines, seen)
	}
}

func TestImportLines(t *testing.T) {
	most := strings.Repeat("x", maxImportLine)
	for _, c := range []struct {
		name, text string
		want       []lineSeen
	}{
		{"nothing", "", []lineSeen{}},
		{"one without end", "a", []lineSeen{{1, "a", false}}},
		{"ends of Windows", "a\r\nb\r\n", []lineSeen{{1, "a", false}, {2, "b", false}}},
		{"blank lines count", "\n\na\n", []lineSeen{{1, "", false}, {2, "", false}, {3, "a", false}}},
		{"byte order mark", "\xef\xbb\xbfa\n", []lineSeen{{1, "a", false}}},
		{"longest", most + "\r\nb", []lineSeen{{1, most, false}, {2, "b", false}}},
		{"too long", "a\n" + most + "x\nb\n", []lineSeen{{1, "a", false}, {2, "", true}, {3, "b", false}}},
		{"far too long at the end", "a\n" + strings.Repeat(most, 8), []lineSeen{{1, "a", false}, {2, "", true}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, linesOf(t, strings.NewReader(c.text))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestImportHugeLineTakesNoMemory: a line far over the bound is read past, not
// kept.
func TestImportHugeLineTakesNoMemory(t *testing.T) {
	huge := io.MultiReader(io.LimitReader(endless('x'), 256<<20), strings.NewReader("\nb\n"))
	file, err := newImportFile("test", huge, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	first, err := file.next()
	if err != nil || !first.tooLong {
		t.Fatalf("%+v, %v", first, err)
	}
	if kept := cap(file.text); kept > 4*maxImportLine {
		t.Errorf("%d bytes are kept", kept)
	}
	second, err := file.next()
	if err != nil || string(second.text) != "b" {
		t.Errorf("%+v, %v", second, err)
	}
}

type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

// TestImportReadsUntilInterrupted: a pipe that nobody writes to does not keep
// an import from ending.
func TestImportReadsUntilInterrupted(t *testing.T) {
	silent, writer := io.Pipe()
	defer writer.Close()
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	if _, err := (interruptible{ctx, silent}).Read(make([]byte, 10)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want context.Canceled", err)
	}
	got, err := io.ReadAll(interruptible{t.Context(), iotest.OneByteReader(strings.NewReader("all of it"))})
	if err != nil || string(got) != "all of it" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestImportBrokenFile(t *testing.T) {
	_, err := newImportFile("broken.gz", strings.NewReader("\x1f\x8bnot gzip at all"), 0, nil)
	if err == nil || !strings.Contains(err.Error(), "broken.gz cannot be read") {
		t.Error(err)
	}
	file, err := newImportFile("slow", io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(io.ErrClosedPipe)), 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if line, err := file.next(); err != nil || string(line.text) != "a" {
		t.Errorf("%+v, %v", line, err)
	}
	if _, err := file.next(); !errors.Is(err, io.ErrClosedPipe) {
		t.Error(err)
	}
}

// FuzzImportLine: whatever a file holds, lines come in order with their
// numbers, and what becomes an event is one JSON object with an id of its own
// wherever it needs one.
func FuzzImportLine(f *testing.F) {
	f.Add([]byte(everyKind))
	f.Add([]byte("{\"type\":\"signal\",\"id\":\"\"}\n\xff\n{}\n[1]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if bytes.HasPrefix(text, []byte{0x1f, 0x8b}) {
			return
		}
		im := &importer{ids: newLineIDs()}
		again := &importer{ids: newLineIDs()}
		for i, line := range linesOf(t, bytes.NewReader(text)) {
			if line.Number != int64(i+1) {
				t.Fatalf("line %d is numbered %d", i+1, line.Number)
			}
			seen := importLine{line.Number, []byte(line.Text), line.TooLong}
			event, refused := im.eventOf(seen)
			if (event != nil) == (refused != nil) && len(line.Text) > 0 {
				t.Fatalf("event %q and error %v", event, refused)
			}
			if event != nil && (event[0] != '{' || len(event) > 6*maxImportLine+100) {
				t.Fatalf("not an event: %q", event)
			}
			if same, _ := again.eventOf(seen); !bytes.Equal(event, same) {
				t.Fatalf("%q is another event the second time: %q", event, same)
			}
		}
	})
}

func BenchmarkImportEvent(b *testing.B) {
	text := []byte(`{"type":"feedback","response_id":"chatcmpl-0123456789","vote":"down","tags":["incorrect"],"comment":"The second step is wrong: the flag was renamed.","time":"2026-01-31T12:00:00Z"}`)
	for b.Loop() {
		im := &importer{ids: newLineIDs()}
		if _, refused := im.eventOf(importLine{1, text, false}); refused != nil {
			b.Fatal(refused)
		}
	}
	b.SetBytes(int64(len(text)))
}
