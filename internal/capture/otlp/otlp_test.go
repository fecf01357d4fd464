package otlp

import (
	"slices"
	"strings"
	"testing"

	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/privacy"
)

// A request may hold more than can be made durable at once, and goes in parts. A
// text that is too much by itself is lost, and not the call.
func TestParts(t *testing.T) {
	call := func(bytes int) capture.Item {
		return capture.Item{Response: &capture.Response{Output: privacy.NewRaw(strings.Repeat("x", bytes))}}
	}
	comment := capture.Item{Feedback: &capture.Feedback{Comment: privacy.NewRaw(strings.Repeat("x", 8000))}}
	for _, c := range []struct {
		name  string
		items []capture.Item
		want  []int
	}{
		{"nothing", nil, nil},
		{"many", make([]capture.Item, 2*maxItems+1), []int{maxItems, maxItems, 1}},
		{"long texts", slices.Repeat([]capture.Item{call(maxPartBytes / 4)}, 6), []int{4, 2}},
		{"one that is longer than a part", []capture.Item{call(1), call(2 * maxPartBytes), call(1)}, []int{1, 1, 1}},
		{"comments", slices.Repeat([]capture.Item{comment}, 1100), []int{1048, 52}},
	} {
		var got []int
		for items := c.items; len(items) > 0; items = items[got[len(got)-1]:] {
			got = append(got, partOf(items))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: parts of %v, want %v", c.name, got, c.want)
		}
	}
	traces := newTraces(nil)
	addSpan(traces, 1, 0, map[string]any{
		"gen_ai.operation.name": "chat", "gen_ai.input.messages": strings.Repeat("x", maxTextBytes+1), "gen_ai.output.messages": strings.Repeat("x", maxTextBytes),
	})
	_, calls, _ := toldBy(traces)
	if len(calls) != 1 || !calls[0].Input.IsZero() || calls[0].Output.Len() != maxTextBytes {
		t.Errorf("%d calls", len(calls))
	}
}

// OpenLLMetry gives every message attributes of its own. All of them are the
// input, of which the first is what the application always says.
func TestNumberedMessages(t *testing.T) {
	one := map[string]any{"gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "hi", "gen_ai.completion.0.content": "hello"}
	two := map[string]any{
		"gen_ai.prompt.0.role": "system", "gen_ai.prompt.0.content": "be kind", "gen_ai.prompt.1.role": "user", "gen_ai.prompt.1.content": "hi",
		"gen_ai.prompt.9999999.content": "far", "gen_ai.prompt.x.content": "no number", "gen_ai.completion.0.content": "hello",
	}
	for want, values := range map[string]map[string]any{
		"hi": one,
		`[{"role":"system","content":"be kind"},{"role":"user","content":"hi"}]`: two,
	} {
		values["llm.request.type"] = "chat"
		traces := newTraces(nil)
		addSpan(traces, 1, 0, values)
		_, calls, _ := toldBy(traces)
		if len(calls) != 1 || calls[0].Input.Expose() != want || calls[0].Output.Expose() != "hello" {
			t.Errorf("%q", calls[0].Input.Expose())
		}
	}
}
