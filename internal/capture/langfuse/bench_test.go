package langfuse

import (
	"os"
	"testing"
)

// BenchmarkBatch decodes and drafts what a client sent: the work of a call
// before it is made private and durable.
func BenchmarkBatch(b *testing.B) {
	body, err := os.ReadFile("testdata/js-v3.json")
	if err != nil {
		b.Fatal(err)
	}
	traces := newTraces(maxTracesBytes, nil)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		traces.draft("prj_1", decodeAll(b, string(body)))
	}
}
