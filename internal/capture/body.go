package capture

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"

	"github.com/heed-ai/heed"
)

// ReadBody reads the body of a request, which may be compressed, and bounds it
// to maxBytes both as sent and as decompressed.
func ReadBody(w http.ResponseWriter, r *http.Request, maxBytes int64) ([]byte, error) {
	if r.ContentLength > maxBytes {
		return nil, tooLarge(maxBytes)
	}
	limited := http.MaxBytesReader(w, r.Body, maxBytes)
	body, err := decompressed(r.Header.Get("Content-Encoding"), limited, maxBytes)
	if _, cutOff := errors.AsType[*http.MaxBytesError](err); cutOff {
		return nil, tooLarge(maxBytes)
	}
	if err != nil {
		return nil, err
	}
	defer body.Close()
	// One byte more than allowed tells "too large" from "just fits".
	data, err := readAll(io.LimitReader(body, maxBytes+1), r.ContentLength)
	_, cutOff := errors.AsType[*http.MaxBytesError](err)
	if cutOff || int64(len(data)) > maxBytes || errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrDecoderSizeExceeded) {
		return nil, tooLarge(maxBytes)
	}
	if err != nil {
		return nil, unreadable(err)
	}
	return data, nil
}

func unreadable(err error) error {
	if said, ok := errors.AsType[*heed.Error](err); ok {
		return said // by a body that has rules of its own
	}
	return heed.Wrap(heed.Invalid, err, "the body could not be read: it ended early or is not what Content-Encoding says")
}

// believedBytes is how much room is made for a body because its sender says that
// it is so long. What is longer gets room as it comes.
const believedBytes = 1 << 20

// readAll is io.ReadAll for a body that is said to have announced bytes, or -1.
func readAll(from io.Reader, announced int64) ([]byte, error) {
	room := min(max(announced, 0), believedBytes) + bytes.MinRead
	all := bytes.NewBuffer(make([]byte, 0, room))
	_, err := all.ReadFrom(from)
	return all.Bytes(), err
}

// maxZstdWindow is the window that RFC 8878 asks every decoder to support; a
// frame that asks for more is refused before it is allocated.
const maxZstdWindow = 8 << 20

func decompressed(encoding string, body io.ReadCloser, maxBytes int64) (io.ReadCloser, error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "identity":
		return body, nil
	case "gzip":
		zr, err := gzip.NewReader(body)
		if err != nil {
			return nil, heed.Wrap(heed.Invalid, err, "the body is not gzip, as Content-Encoding says")
		}
		return zr, nil
	case "zstd":
		zr, err := zstd.NewReader(body, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(maxZstdWindow), zstd.WithDecoderMaxMemory(uint64(maxBytes)+1))
		if err != nil {
			return nil, heed.Wrap(heed.Invalid, err, "the body is not zstd, as Content-Encoding says")
		}
		return zr.IOReadCloser(), nil
	case "deflate": // which is zlib's format; RFC 9110, 8.4.1.2
		zr, err := zlib.NewReader(body)
		if err != nil {
			return nil, heed.Wrap(heed.Invalid, err, "the body is not deflate, as Content-Encoding says")
		}
		return zr, nil
	case "snappy", "x-snappy-framed":
		return unsnapped(body, maxBytes)
	}
	return nil, heed.Errorf(heed.Unsupported, "Content-Encoding must be gzip, zstd, deflate, snappy or identity")
}

// snappyStream is how the framed format begins. Senders say snappy of that and
// of a single block.
const snappyStream = "\xff\x06\x00\x00sNaPpY"

func unsnapped(body io.ReadCloser, maxBytes int64) (io.ReadCloser, error) {
	buffered := bufio.NewReader(body)
	if head, _ := buffered.Peek(len(snappyStream)); string(head) == snappyStream {
		return io.NopCloser(s2.NewReader(buffered, s2.ReaderMaxBlockSize(maxSnappyBlock))), nil
	}
	block, err := io.ReadAll(buffered)
	if err != nil {
		return nil, unreadable(err)
	}
	size, err := s2.DecodedLen(block)
	if err != nil {
		return nil, heed.Wrap(heed.Invalid, err, "the body is not snappy, as Content-Encoding says")
	}
	if int64(size) > maxBytes {
		return nil, tooLarge(maxBytes)
	}
	text, err := s2.Decode(nil, block)
	if err != nil {
		return nil, heed.Wrap(heed.Invalid, err, "the body is not snappy, as Content-Encoding says")
	}
	return io.NopCloser(bytes.NewReader(text)), nil
}

// maxSnappyBlock is the largest block of the framed format.
const maxSnappyBlock = 64 << 10

func tooLarge(maxBytes int64) error {
	return heed.Errorf(heed.TooLarge, "the body is larger than %d bytes: send less at a time", maxBytes)
}

// MaxJSONDepth bounds how deep JSON may nest.
const MaxJSONDepth = 64

// CheckJSON refuses text that is not valid UTF-8 or nests too deep, before
// anything parses it.
func CheckJSON(text []byte) error {
	if !utf8.Valid(text) {
		return heed.InvalidField("body", "is not valid UTF-8")
	}
	if jsonDepth(text) > MaxJSONDepth {
		return heed.InvalidField("body", "nests too deep: at most 64 levels")
	}
	return nil
}

// jsonDepth returns the greatest nesting of objects and arrays in text. It
// needs no valid JSON: it only skips strings.
func jsonDepth(text []byte) int {
	depth, deepest := 0, 0
	inString := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}
