package otlp

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/dataset"
)

// spoken is a message as the GenAI conventions have it where attributes have structure.
func spoken(role, text string) map[string]any {
	return map[string]any{"role": role, "parts": []any{map[string]any{"type": "text", "content": text}}}
}

// TestListsOfContent: of what somebody wrote nothing is left out, and what they
// typed is not taken for messages of others.
func TestListsOfContent(t *testing.T) {
	system := `[{"role":"system","parts":[{"type":"text","content":"obey"}]}]`
	for _, c := range []struct {
		name   string
		values map[string]any
		want   string
	}{
		{"messages with structure", map[string]any{"gen_ai.input.messages": []any{spoken("system", "Be <brief> & kind."), spoken("user", "When?")}},
			`[{"parts":[{"content":"Be <brief> & kind.","type":"text"}],"role":"system"},{"parts":[{"content":"When?","type":"text"}],"role":"user"}]`},
		{"a single one", map[string]any{"gen_ai.input.messages": []any{spoken("user", "When?")}}, `[{"parts":[{"content":"When?","type":"text"}],"role":"user"}]`},
		{"messages as JSON", map[string]any{"gen_ai.input.messages": system}, system},
		{"texts", map[string]any{"gen_ai.prompt": []any{"When?", "", "And where?"}}, `["When?","","And where?"]`},
		{"a single text", map[string]any{"gen_ai.prompt": []any{" When? "}}, "When?"},
		{"a single text that is JSON", map[string]any{"gen_ai.prompt": []any{system}}, " " + system},
		{"texts that are JSON", map[string]any{"gen_ai.prompt": []any{system, "When?"}}, `["[{\"role\":\"system\",\"parts\":[{\"type\":\"text\",\"content\":\"obey\"}]}]","When?"]`},
		{"empty texts", map[string]any{"gen_ai.input.messages": []any{"", " "}, "gen_ai.prompt": "When?"}, "When?"},
		{"nothing", map[string]any{"gen_ai.input.messages": []any{}, "gen_ai.prompt": "When?"}, "When?"},
		{"a number that JSON has not", map[string]any{"gen_ai.prompt": []any{"When?", math.NaN()}}, "When?"},
		{"parts of a message", map[string]any{"gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": []any{map[string]any{"type": "text", "text": "When?"}, map[string]any{"type": "text", "text": "Where?"}}},
			`[{"text":"When?","type":"text"},{"text":"Where?","type":"text"}]`},
		{"parts of several", map[string]any{"gen_ai.prompt.0.role": "system", "gen_ai.prompt.0.content": "Be brief.", "gen_ai.prompt.1.role": "user", "gen_ai.prompt.1.content": []any{"When?", "Where?"}},
			`[{"role":"system","content":"Be brief."},{"role":"user","content":"[\"When?\",\"Where?\"]"}]`},
		{"too much", map[string]any{"gen_ai.input.messages": []any{strings.Repeat("x", maxTextBytes), "y"}}, ""},
		{"too much of which the first is not", map[string]any{"gen_ai.input.messages": []any{"x", strings.Repeat("y", maxTextBytes)}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.values["gen_ai.operation.name"] = "chat"
			traces := newTraces(nil)
			addSpan(traces, 1, 0, c.values)
			items, _ := itemsOf(nil, traces)
			if len(items) != 1 {
				t.Fatalf("%d items", len(items))
			}
			if diff := cmp.Diff(c.want, items[0].Response.Input.Expose()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestMessagesAreRead: messages with structure read like those that came as JSON.
func TestMessagesAreRead(t *testing.T) {
	all := []any{spoken("system", "Be brief."), spoken("user", "When?"), spoken("assistant", "At nine."), spoken("user", "Sure?")}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	want := []dataset.Message{{Role: "system", Content: "Be brief."}, {Role: "user", Content: "When?"}, {Role: "assistant", Content: "At nine."}, {Role: "user", Content: "Sure?"}}
	for _, value := range []any{all, string(text)} {
		traces := newTraces(nil)
		addSpan(traces, 1, 0, map[string]any{"gen_ai.operation.name": "chat", "gen_ai.input.messages": value, "gen_ai.output.messages": []any{spoken("assistant", "Yes.")}})
		items, _ := itemsOf(nil, traces)
		got, more := dataset.Conversation(items[0].Response.Input.Expose())
		if diff := cmp.Diff(want, got); diff != "" || more {
			t.Errorf("%T (-want +got):\n%s", value, diff)
		}
		if answer, _ := dataset.AnswerOf(items[0].Response.Output.Expose()); answer != "Yes." {
			t.Errorf("the answer is %q", answer)
		}
	}
}

// TestListsOfNames: what is one thing is the first of a list, as a list is not the
// name of anything. Of the reasons why choices ended, of which the conventions have
// one for each, that is the reason of the choice that people see.
func TestListsOfNames(t *testing.T) {
	for _, c := range []struct {
		reasons any
		want    string
	}{
		{[]any{"stop"}, "stop"}, {[]any{"length", "stop"}, "length"}, {[]any{"stop", "stop", "content_filter"}, "stop"}, {[]any{"", "tool_calls"}, "tool_calls"},
		{[]any{}, ""}, {[]any{""}, ""}, {`["length","stop"]`, "length"}, {"stop", "stop"}, {[]any{strings.Repeat("x", maxLabelBytes+1), "stop"}, ""},
	} {
		traces := newTraces(nil)
		addSpan(traces, 1, 0, map[string]any{
			"gen_ai.operation.name": []any{"chat"}, "gen_ai.response.model": []any{"gpt-5", "gpt-5-mini"}, "user.id": []any{"ada", "grace"}, "gen_ai.response.finish_reasons": c.reasons,
		})
		items, _ := itemsOf(nil, traces)
		if len(items) != 1 {
			t.Fatalf("%d items", len(items))
		}
		if r := items[0].Response; r.FinishReason != c.want || r.Model != "gpt-5" || r.User.Expose() != "ada" {
			t.Errorf("%v: %q, %q, %q", c.reasons, r.FinishReason, r.Model, r.User.Expose())
		}
	}
}

// TestListsOfFeedback: an explanation that is a list is all of it a comment.
func TestListsOfFeedback(t *testing.T) {
	a := newTraces(nil)
	addSpan(a, 1, 0, map[string]any{
		"annotations.0.annotation.name": "thumbs", "annotations.0.annotation.score": -1, "annotations.0.annotation.annotator_kind": "HUMAN",
		"annotations.0.annotation.explanation": []any{"too long", "and wrong"},
	})
	event := addSpan(a, 2, 0, map[string]any{"gen_ai.operation.name": "chat"}).Events().AppendEmpty()
	event.SetName("gen_ai.evaluation.result")
	if err := event.Attributes().FromRaw(map[string]any{"gen_ai.evaluation.name": "thumbs", "gen_ai.evaluation.score.value": 0, "gen_ai.evaluation.explanation": []any{"only this"}}); err != nil {
		t.Fatal(err)
	}
	items, _ := itemsOf(nil, a)
	var said []string
	for _, item := range items {
		if f := item.Feedback; f != nil {
			said = append(said, f.Comment.Expose())
			if f.Vote.Value != heed.VoteDown {
				t.Errorf("the vote is %q", f.Vote.Value)
			}
		}
	}
	if diff := cmp.Diff([]string{`["too long","and wrong"]`, "only this"}, said); diff != "" {
		t.Errorf("comments (-want +got):\n%s", diff)
	}
}
