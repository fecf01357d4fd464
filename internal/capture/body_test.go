package capture_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
)

func gzipped(t testing.TB, data []byte) []byte {
	t.Helper()
	return written(t, data, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
}

func zstandard(t testing.TB, data []byte, options ...zstd.EOption) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil, options...)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll(data, nil)
}

func deflated(t testing.TB, data []byte) []byte {
	t.Helper()
	return written(t, data, func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) })
}

func snapped(t testing.TB, data []byte) []byte {
	t.Helper()
	return written(t, data, func(w io.Writer) io.WriteCloser { return s2.NewWriter(w, s2.WriterSnappyCompat()) })
}

func written(t testing.TB, data []byte, through func(io.Writer) io.WriteCloser) []byte {
	t.Helper()
	var out bytes.Buffer
	w := through(&out)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestReadBody(t *testing.T) {
	const limit = 1 << 20
	text := []byte(`{"vote":"up"}`)
	bomb := make([]byte, 64<<20)
	for _, c := range []struct {
		name     string
		encoding string
		body     []byte
		want     string
		code     heed.Code
	}{
		{"plain", "", text, string(text), ""},
		{"identity", "identity", text, string(text), ""},
		{"gzip", "gzip", gzipped(t, text), string(text), ""},
		{"several gzip members", "gzip", append(gzipped(t, text), gzipped(t, text)...), string(text) + string(text), ""},
		{"zstd", "zstd", zstandard(t, text), string(text), ""},
		{"upper case", "GZIP", gzipped(t, text), string(text), ""},
		{"just fits", "", bytes.Repeat([]byte("x"), limit), strings.Repeat("x", limit), ""},
		{"one too many", "", bytes.Repeat([]byte("x"), limit+1), "", heed.TooLarge},
		{"deflate", "deflate", deflated(t, text), string(text), ""},
		{"snappy, a block", "snappy", s2.EncodeSnappy(nil, text), string(text), ""},
		{"snappy, framed", "x-snappy-framed", snapped(t, text), string(text), ""},
		{"snappy, framed and not said", "snappy", snapped(t, text), string(text), ""},
		{"deflate bomb", "deflate", deflated(t, bomb), "", heed.TooLarge},
		{"snappy bomb", "snappy", s2.EncodeSnappy(nil, bomb), "", heed.TooLarge},
		{"framed snappy bomb", "snappy", snapped(t, bomb), "", heed.TooLarge},
		{"a snappy block that lies about its size", "snappy", []byte("\xff\xff\xff\xff\x0f"), "", heed.TooLarge},
		{"not snappy", "snappy", text, "", heed.Invalid},
		{"not deflate", "deflate", text, "", heed.Invalid},
		{"gzip bomb", "gzip", gzipped(t, bomb), "", heed.TooLarge},
		{"zstd bomb", "zstd", zstandard(t, bomb), "", heed.TooLarge},
		{"zstd with a window larger than any body", "zstd", zstandard(t, bomb, zstd.WithWindowSize(64<<20), zstd.WithSingleSegment(false)), "", heed.TooLarge},
		{"not gzip", "gzip", text, "", heed.Invalid},
		{"not zstd", "zstd", text, "", heed.Invalid},
		{"gzip that ends early", "gzip", gzipped(t, text)[:12], "", heed.Invalid},
		{"gzip in gzip stays gzip", "gzip", gzipped(t, gzipped(t, text)), string(gzipped(t, text)), ""},
		{"brotli", "br", text, "", heed.Unsupported},
		{"two encodings", "gzip, gzip", text, "", heed.Unsupported},
	} {
		for _, sized := range []bool{true, false} {
			name := c.name
			if !sized {
				name += ", of unknown length"
			}
			t.Run(name, func(t *testing.T) {
				r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(c.body))
				if !sized {
					r.ContentLength = -1
				}
				r.Header.Set("Content-Encoding", c.encoding)
				got, err := capture.ReadBody(httptest.NewRecorder(), r, limit)
				if heed.CodeOf(err) != c.code {
					t.Fatalf("error %v, want code %q", err, c.code)
				}
				if string(got) != c.want {
					t.Errorf("%d bytes, want %d", len(got), len(c.want))
				}
			})
		}
	}
}

// A body that breaks off is its sender's matter, however it was packed, and no
// failure of Heed's.
func TestReadBrokenBody(t *testing.T) {
	for _, encoding := range []string{"", "gzip", "zstd", "deflate", "snappy"} {
		body := io.MultiReader(strings.NewReader("x"), iotest.ErrReader(io.ErrUnexpectedEOF))
		r := httptest.NewRequest(http.MethodPost, "/", body)
		r.Header.Set("Content-Encoding", encoding)
		if _, err := capture.ReadBody(httptest.NewRecorder(), r, 1<<20); heed.CodeOf(err) != heed.Invalid {
			t.Errorf("%q: %v", encoding, err)
		}
	}
}

func TestCheckJSON(t *testing.T) {
	for _, c := range []struct {
		name, text string
		bad        bool
	}{
		{"plain", `{"a":[1,{"b":2}]}`, false},
		{"64 levels", strings.Repeat("[", 64) + strings.Repeat("]", 64), false},
		{"65 levels", strings.Repeat("[", 65) + strings.Repeat("]", 65), true},
		{"a million levels", strings.Repeat(`{"a":`, 1_000_000), true},
		{"brackets in a string", `{"a":"` + strings.Repeat("[", 1000) + `"}`, false},
		{"brackets behind an escaped quote", `{"a":"\"` + strings.Repeat("[", 1000) + `"}`, false},
		{"not UTF-8", "{\"a\":\"\xc3\x28\"}", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := capture.CheckJSON([]byte(c.text)); (err != nil) != c.bad {
				t.Errorf("error %v", err)
			}
		})
	}
}

func FuzzReadBody(f *testing.F) {
	f.Add("gzip", gzipped(f, []byte("hello")))
	f.Add("zstd", zstandard(f, []byte("hello")))
	f.Add("", []byte("hello"))
	f.Fuzz(func(t *testing.T, encoding string, body []byte) {
		r := httptest.NewRequest(http.MethodPost, "/", io.NopCloser(bytes.NewReader(body)))
		r.Header["Content-Encoding"] = []string{encoding}
		got, err := capture.ReadBody(httptest.NewRecorder(), r, 4096)
		if len(got) > 4096 {
			t.Errorf("%d bytes came through a limit of 4096", len(got))
		}
		if code := heed.CodeOf(err); err != nil && code != heed.Invalid && code != heed.TooLarge && code != heed.Unsupported {
			t.Errorf("error %v is not the sender's", err)
		}
	})
}
