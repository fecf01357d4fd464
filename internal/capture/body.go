package capture

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"

	"github.com/heed-ai/heed"
)

// ReadBody reads the body of a request, which may be gzip or zstd, and bounds
// it to maxBytes both as sent and as decompressed.
func ReadBody(w http.ResponseWriter, r *http.Request, maxBytes int64) ([]byte, error) {
	tooLarge := heed.Errorf(heed.TooLarge, "the body is larger than %d bytes: send less at a time", maxBytes)
	if r.ContentLength > maxBytes {
		return nil, tooLarge
	}
	limited := http.MaxBytesReader(w, r.Body, maxBytes)
	body, err := decompressed(r.Header.Get("Content-Encoding"), limited, maxBytes)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	// One byte more than allowed tells "too large" from "just fits".
	data, err := io.ReadAll(io.LimitReader(body, maxBytes+1))
	_, cutOff := errors.AsType[*http.MaxBytesError](err)
	if cutOff || int64(len(data)) > maxBytes || errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrDecoderSizeExceeded) {
		return nil, tooLarge
	}
	if err != nil {
		return nil, heed.Wrap(heed.Invalid, err, "the body could not be read: it ended early or is not what Content-Encoding says")
	}
	return data, nil
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
	}
	return nil, heed.Errorf(heed.Unsupported, "Content-Encoding must be gzip, zstd or identity")
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
