package command

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/heed-ai/heed"
)

// BenchmarkRemember measures what an answer of 2 kB costs, and a full index.
func BenchmarkRemember(b *testing.B) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	x := testIndex(b, DefaultLimits())
	body := []byte(`{"model":"m","messages":[{"role":"user","content":"What is the capital of France?"}]}`)
	text := strings.Repeat("The capital of **France** is Paris. ", 60)
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		x.Remember(Request{API: ChatCompletions, Body: body, Project: "prj_1", Conversation: fmt.Sprint(n / 5)}, heed.ResponseID(fmt.Sprintf("chatcmpl-%040d", n)), fmt.Sprint(text, n))
	}
	b.StopTimer()
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB/index")
	runtime.KeepAlive(x)
}

// BenchmarkHandle measures what a request costs that holds nothing for Heed,
// and one that ends with a command, each with 1 MB of picture in it.
func BenchmarkHandle(b *testing.B) {
	x := testIndex(b, DefaultLimits())
	picture := strings.Repeat("iVBORw0KGgo9AAAA", 1<<16)
	for name, last := range map[string]string{"ordinary": "What is that", "command": "/-why it is no cat"} {
		body := fmt.Appendf(nil, `{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,%s"}},{"type":"text","text":"What is that?"}]},{"role":"assistant","content":"A cat."},{"role":"user","content":%q}]}`, picture, last)
		r := Request{API: ChatCompletions, Body: body, Project: "prj_1", Tags: heed.DefaultTags()}
		x.Remember(r, "r-1", "A cat.")
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				Handle(r, x)
			}
		})
	}
}
