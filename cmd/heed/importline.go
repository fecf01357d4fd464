package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// maxImportLine bounds one line, so that a file without line ends cannot take
// all memory.
const maxImportLine = 1 << 20

// importFile reads the lines of a file, gzip or not. Not safe for concurrent
// use.
type importFile struct {
	name   string
	lines  *bufio.Reader
	read   *countingReader
	size   int64 // of the file as it is on disk; 0: not known
	number int64 // of the last line
	text   []byte
	closer io.Closer
}

// importLine is one line without its end. Its text is good until the next is
// read.
type importLine struct {
	number  int64 // from 1
	text    []byte
	tooLong bool // then text is not there
}

// openImport opens a file, or standard input for "-".
func openImport(ctx context.Context, name string) (*importFile, error) {
	if name == "-" {
		return newImportFile("standard input", interruptible{ctx, os.Stdin}, regularSize(os.Stdin), io.NopCloser(nil))
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", name, unwrapPath(err))
	}
	file, err := newImportFile(name, f, regularSize(f), f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return file, nil
}

func regularSize(f *os.File) int64 {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	return info.Size()
}

// newImportFile recognises gzip by its first bytes, which no JSON begins with.
func newImportFile(name string, r io.Reader, size int64, closer io.Closer) (*importFile, error) {
	f := &importFile{name: name, read: &countingReader{r: r}, size: size, closer: closer}
	f.lines = bufio.NewReaderSize(f.read, 64<<10)
	if magic, err := f.lines.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		unpacked, err := gzip.NewReader(f.lines)
		if err != nil {
			return nil, f.damaged(err)
		}
		f.lines = bufio.NewReaderSize(unpacked, 64<<10)
	}
	if mark, err := f.lines.Peek(3); err == nil && bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = f.lines.Discard(3) // a byte order mark, which some editors write
	}
	return f, nil
}

// next returns the next line, or io.EOF after the last. A line that is too
// long is skipped over and told by its number.
func (f *importFile) next() (importLine, error) {
	f.text = f.text[:0]
	tooLong := false
	for {
		chunk, err := f.lines.ReadSlice('\n')
		ended := err == nil
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) && !errors.Is(err, io.EOF) {
			return importLine{}, f.damaged(err)
		}
		if errors.Is(err, io.EOF) {
			if len(chunk) == 0 && len(f.text) == 0 && !tooLong {
				return importLine{}, io.EOF
			}
			ended = true
		}
		tooLong = tooLong || len(f.text)+len(bytes.TrimRight(chunk, "\r\n")) > maxImportLine
		if !tooLong {
			f.text = append(f.text, chunk...)
		}
		if ended {
			f.number++
			return importLine{number: f.number, text: bytes.Trim(f.text, " \t\r\n"), tooLong: tooLong}, nil
		}
	}
}

// position is how much of size has been read.
func (f *importFile) position() int64 { return f.read.n }

// Close closes the file.
func (f *importFile) Close() error { return f.closer.Close() }

func (f *importFile) damaged(err error) error {
	return fmt.Errorf("%s cannot be read to its end: %w", f.name, unwrapPath(err))
}

// countingReader counts what is read through it.
type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// interruptible is a reader that returns when ctx is done, although a read of
// a terminal or a pipe does not. That read then ends with the process; it has
// a buffer of its own until it does.
type interruptible struct {
	ctx context.Context
	r   io.Reader
}

func (i interruptible) Read(p []byte) (int, error) {
	type result struct {
		data []byte
		err  error
	}
	read := make(chan result, 1)
	go func() {
		buffer := make([]byte, len(p))
		n, err := i.r.Read(buffer)
		read <- result{buffer[:n], err}
	}()
	select {
	case <-i.ctx.Done():
		return 0, i.ctx.Err()
	case r := <-read:
		return copy(p, r.data), r.err
	}
}
