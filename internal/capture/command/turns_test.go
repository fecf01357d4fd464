package command_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed/internal/capture/command"
)

// Who says what is told by role, as each protocol writes it; what is more than
// texts stays the JSON that it was.
func TestTurns(t *testing.T) {
	for _, c := range []struct {
		what string
		api  command.API
		body string
		want []command.Turn // nil: it does not look like a chat
	}{
		{"chat completions", command.ChatCompletions, `{"tools":[{"x":1}],"messages":[{"role":"system","content":"Be kind."},{"role":"developer","content":"In French."},
			{"role":"user","content":"Hi \u00e9"},{"role":"assistant","content":"Hello"},
			{"role":"user","content":[{"type":"text","text":"What"},{"type":"text","text":"next?"}]}]}`,
			[]command.Turn{{"system", "Be kind."}, {"system", "In French."}, {"user", "Hi é"}, {"assistant", "Hello"}, {"user", "What\nnext?"}}},
		{"calls of tools", command.ChatCompletions, `{"messages":[{"role":"user","content":"Q"},{"role":"assistant","content":"Let me see.","tool_calls":[{"id":"c1"}]},
			{"role":"tool","tool_call_id":"c1","content":"12 °C"},{"role":"assistant","content":"A","tool_calls":null}]}`,
			[]command.Turn{{"user", "Q"}, {"assistant", `{"role":"assistant","content":"Let me see.","tool_calls":[{"id":"c1"}]}`}, {"tool", "12 °C"}, {"assistant", "A"}}},
		{"a picture", command.ChatCompletions, `{"messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"u"}}]}]}`,
			[]command.Turn{{"user", `{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"u"}}]}`}}},
		{"a text alone", command.Responses, `{"instructions":"Be kind.","input":"Hi"}`, []command.Turn{{"system", "Be kind."}, {"user", "Hi"}}},
		{"responses", command.Responses, `{"input":[{"role":"user","content":"Q"},{"type":"function_call","name":"f","arguments":"{}"},{"type":"function_call_output","output":"12"},
			{"type":"message","role":"assistant","content":[{"type":"output_text","text":"A"}]},{"role":"user","content":[{"type":"input_text","text":"Q2"}]}]}`,
			[]command.Turn{{"user", "Q"}, {"tool", `{"type":"function_call","name":"f","arguments":"{}"}`}, {"tool", `{"type":"function_call_output","output":"12"}`}, {"assistant", "A"}, {"user", "Q2"}}},
		{"messages", command.Messages, `{"system":[{"type":"text","text":"Be kind."}],"messages":[{"role":"user","content":"Q"},{"role":"assistant","content":[{"type":"tool_use","id":"t"}]},
			{"role":"user","content":[{"type":"tool_result","content":"12"}]},{"role":"assistant","content":""}]}`,
			[]command.Turn{{"system", "Be kind."}, {"user", "Q"}, {"assistant", `{"role":"assistant","content":[{"type":"tool_use","id":"t"}]}`}, {"tool", `{"role":"user","content":[{"type":"tool_result","content":"12"}]}`}}},
		{"a system that is none there", command.ChatCompletions, `{"":"a","system":"b","instructions":"c","messages":[{"role":"user","content":"Q"}]}`, []command.Turn{{"user", "Q"}}},
		{"messages twice", command.ChatCompletions, `{"messages":[{"role":"user","content":"a"}],"messages":[]}`, nil},
		{"no object", command.ChatCompletions, `[{"role":"user","content":"a"}]`, nil},
		{"cut off", command.ChatCompletions, `{"messages":[{"role":"user","content":"a"}`, nil},
		{"no protocol", "", `{"messages":[{"role":"user","content":"a"}]}`, nil},
	} {
		got, ok := command.Turns(c.api, []byte(c.body))
		if ok != (c.want != nil) {
			t.Errorf("%s: looks like a chat: %v", c.what, ok)
		} else if diff := cmp.Diff(c.want, got); ok && diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
	}
}
