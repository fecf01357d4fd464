package capture

import (
	"bytes"
	"compress/gzip"
	"io"

	"github.com/heed-ai/heed"
)

// packFrom is the size from which an answer is kept compressed. That of a batch
// names every rejected event, in much the same words.
const packFrom = 512

// pack makes an answer small enough to remember. JSON and gzip begin
// differently, so that unpack can tell.
func pack(answer []byte) []byte {
	if len(answer) < packFrom {
		return answer
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	// Writing to memory does not fail.
	_, _ = w.Write(answer)
	_ = w.Close()
	return packed.Bytes()
}

// unpack returns the answer that pack was given.
func unpack(packed []byte) ([]byte, error) {
	if !bytes.HasPrefix(packed, []byte{0x1f, 0x8b}) {
		return packed, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, heed.Wrap(heed.Internal, err, "a remembered answer is damaged")
	}
	answer, err := io.ReadAll(r)
	if err != nil {
		return nil, heed.Wrap(heed.Internal, err, "a remembered answer is damaged")
	}
	return answer, nil
}
