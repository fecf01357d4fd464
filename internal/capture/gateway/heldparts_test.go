package gateway

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture/command"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/vault"
)

// Of what is held comes out as much as was consented to: for an answer its
// question alone, and nothing where that cannot be told.
func TestHeldParts(t *testing.T) {
	type said struct{ Role, Text string }
	const answer, messages, conversation = heed.ScopeAnswer, heed.ScopeMessages, heed.ScopeConversation
	const (
		chat      = `{"messages":[{"role":"system","content":"S"},{"role":"user","content":"Q1"},{"role":"assistant","content":"A1"},{"role":"user","content":"Q2"}]}`
		afterTool = `{"messages":[{"role":"user","content":"Q1"},{"role":"user","content":"Q2"},{"role":"assistant","tool_calls":[1]},{"role":"tool","content":"T"}]}`
		anthropic = `{"system":"S","messages":[{"role":"user","content":"Q1"},{"role":"assistant","content":[{"type":"tool_use"}]},{"role":"user","content":[{"type":"tool_result"}]}]}`
		open      = `{"instructions":"S","input":[{"role":"user","content":"Q1"},{"role":"assistant","content":"A1"},{"role":"user","content":"Q2"}]}`
	)
	for _, c := range []struct {
		what, input, output string
		api                 command.API
		scope               heed.AttachmentScope
		want                []said
		code                heed.Code
	}{
		{what: "a question", input: chat, output: "A2", api: command.ChatCompletions, scope: answer, want: []said{{"user", "Q2"}, {"assistant", "A2"}}},
		{what: "all of it", input: chat, output: "A2", api: command.ChatCompletions, scope: conversation,
			want: []said{{"system", "S"}, {"user", "Q1"}, {"assistant", "A1"}, {"user", "Q2"}, {"assistant", "A2"}}},
		{what: "behind a tool", input: afterTool, output: "A", api: command.ChatCompletions, scope: answer, want: []said{{"user", "Q2"}, {"assistant", "A"}}},
		{what: "a tool in the person's name", input: anthropic, output: "A", api: command.Messages, scope: answer, want: []said{{"user", "Q1"}, {"assistant", "A"}}},
		{what: "responses", input: open, output: "A2", api: command.Responses, scope: answer, want: []said{{"user", "Q2"}, {"assistant", "A2"}}},
		{what: "all of responses", input: open, output: "A2", api: command.Responses, scope: conversation,
			want: []said{{"system", "S"}, {"user", "Q1"}, {"assistant", "A1"}, {"user", "Q2"}, {"assistant", "A2"}}},
		{what: "no answer came", input: chat, api: command.ChatCompletions, scope: answer, want: []said{{"user", "Q2"}}},
		{what: "an answer that looks like JSON", input: chat, output: heed.KeepText(`{"a":1}`), api: command.ChatCompletions, scope: answer, want: []said{{"user", "Q2"}, {"assistant", `{"a":1}`}}},
		{what: "nobody asked", input: `{"messages":[{"role":"system","content":"S"}]}`, output: "A", api: command.ChatCompletions, scope: answer, want: []said{{"assistant", "A"}}},
		{what: "nobody asked or answered", input: `{"messages":[{"role":"system","content":"S"}]}`, api: command.ChatCompletions, scope: answer, code: heed.Invalid},
		{what: "some messages", input: chat, output: "A2", api: command.ChatCompletions, scope: messages, code: heed.Invalid},
		{what: "no messages", input: `{"question":"Q"}`, output: "A", api: command.ChatCompletions, scope: answer, code: heed.Invalid},
		{what: "no messages of all", input: `{"question":"Q"}`, output: "A", api: command.ChatCompletions, scope: conversation, code: heed.Invalid},
		{what: "more than opens", input: `{"messages":[` + strings.Repeat(`{"role":"user","content":"Q"},`, vault.MaxAttachmentParts-1) + `{"role":"user","content":"Q"}]}`,
			output: "A", api: command.ChatCompletions, scope: conversation, code: heed.TooLarge},
		{what: "cut off", input: chat[:len(chat)-2], output: "A", api: command.ChatCompletions, scope: answer, code: heed.Invalid},
		{what: "a text to go on from", input: `{"prompt":"Q1 A1 Q2"}`, output: "A2", scope: answer, code: heed.Invalid},
		{what: "all of a text to go on from", input: `{"prompt":"Q1 A1 Q2"}`, output: "A2", scope: conversation, want: []said{{"user", "Q1 A1 Q2"}, {"assistant", "A2"}}},
		{what: "several texts", input: `{"prompt":["Q1","Q2"]}`, output: "A", scope: conversation, want: []said{{"user", `["Q1","Q2"]`}, {"assistant", "A"}}},
		{what: "no text", input: `{"prompt":7}`, output: "A", scope: conversation, code: heed.Invalid},
	} {
		h := newHold(HoldLimits{Age: time.Hour, Bytes: 1 << 20})
		h.put(time.Now(), &heldCall{key: holdKey{"p", "1"}, api: c.api, input: privacy.NewRaw(c.input), output: privacy.NewRaw(c.output)})
		parts, err := h.Parts("p", "1", c.scope)
		var got []said
		for _, p := range parts {
			got = append(got, said{p.Role, p.Text.Expose()})
		}
		if heed.CodeOf(err) != c.code && (err != nil || c.code != "") {
			t.Errorf("%s: %v, want code %q", c.what, err, c.code)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
		if _, err := h.Parts("p", "2", c.scope); heed.CodeOf(err) != heed.NotFound {
			t.Errorf("what is not held: %v", err)
		}
		h.close()
	}
}
