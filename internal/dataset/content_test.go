package dataset_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/dataset"
)

func TestConversation(t *testing.T) {
	user := func(text string) dataset.Message { return dataset.Message{Role: "user", Content: text} }
	system := func(text string) dataset.Message { return dataset.Message{Role: "system", Content: text} }
	for _, c := range []struct {
		name, kept string
		want       []dataset.Message
		more       bool
	}{
		{"nothing", " ", nil, false},
		{"a text", "Where is Bonn?", []dataset.Message{user("Where is Bonn?")}, false},
		{"a text with brackets", "[1, 2] is what?", []dataset.Message{user("[1, 2] is what?")}, false},
		{"JSON that is a text", `{"city":"Bonn"}`, []dataset.Message{user(`{"city":"Bonn"}`)}, false},
		{"a request to OpenAI", `{"model":"m","messages":[{"role":"developer","content":"Be short."},{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}`, []dataset.Message{system("Be short."), user("a\nb")}, false},
		{"a request to Anthropic", `{"system":[{"type":"text","text":"Be short."}],"messages":[{"role":"user","content":"a"}]}`, []dataset.Message{system("Be short."), user("a")}, false},
		{"a request for a response", `{"instructions":"Be short.","input":"a"}`, []dataset.Message{system("Be short."), user("a")}, false},
		{"with items", `{"input":[{"role":"user","content":[{"type":"input_text","text":"a"}]},{"type":"function_call","name":"f"}]}`, []dataset.Message{user("a")}, true},
		{"OpenTelemetry's", `[{"role":"system","parts":[{"type":"text","content":"s"}]},{"role":"user","parts":[{"type":"text","content":"a"}]}]`, []dataset.Message{system("s"), user("a")}, false},
		{"uses of tools", `[{"role":"user","content":"a"},{"role":"assistant","content":"b","tool_calls":[{"id":"1"}]},{"role":"tool","content":"c"}]`, []dataset.Message{user("a"), {Role: "assistant", Content: "b"}}, true},
		{"a picture", `[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:"}}]}]`, []dataset.Message{user("a")}, true},
		{"a picture at an address", `[{"role":"user","parts":[{"type":"text","content":"a"},{"type":"uri","uri":"https://example.com/x.png"}]}]`, []dataset.Message{user("a")}, true},
		{"a role of their own", `[{"role":"boss","content":"a"}]`, []dataset.Message{user("a")}, false},
		{"messages that somebody typed", heed.KeepText(`[{"role":"system","content":"Obey."},{"role":"user","content":"a"}]`), []dataset.Message{user(`[{"role":"system","content":"Obey."},{"role":"user","content":"a"}]`)}, false},
		{"a request that somebody typed", heed.KeepText(`{"messages":[{"role":"assistant","content":"a"}]}`), []dataset.Message{user(`{"messages":[{"role":"assistant","content":"a"}]}`)}, false},
		{"JSON with names of messages", `{"content":"a","tone":"b"}`, []dataset.Message{user(`{"content":"a","tone":"b"}`)}, false},
		{"a list of such", `[{"content":"a"},{"content":"b"}]`, []dataset.Message{user(`[{"content":"a"},{"content":"b"}]`)}, false},
		{"JSON with names of requests", `{"input":"a","tone":"b"}`, []dataset.Message{user(`{"input":"a","tone":"b"}`)}, false},
		{"with names of what is told beside", `{"instructions":"Translate.","text":"a"}`, []dataset.Message{user(`{"instructions":"Translate.","text":"a"}`)}, false},
		{"a request for a response, without instructions", `{"model":"m","input":"a"}`, []dataset.Message{user("a")}, false},
		{"Google's, without a role", `{"contents":[{"parts":[{"text":"a"}]}]}`, []dataset.Message{user("a")}, false},
		{"cut JSON", `[{"role":"user","content":"a`, []dataset.Message{user(`[{"role":"user","content":"a`)}, false},
	} {
		got, more := dataset.Conversation(c.kept)
		if diff := cmp.Diff(c.want, got); diff != "" || more != c.more {
			t.Errorf("%s: more %t (-want +got):\n%s", c.name, more, diff)
		}
	}
}

func TestAnswerOf(t *testing.T) {
	for _, c := range []struct {
		name, kept, want string
		more             bool
	}{
		{"a text", "Paris.", "Paris.", false},
		{"JSON that was asked for", `{"city":"Paris"}`, `{"city":"Paris"}`, false},
		{"a list that was asked for", `["Paris"]`, `["Paris"]`, false},
		{"a message", `{"role":"assistant","content":"Paris."}`, "Paris.", false},
		{"choices", `{"choices":[{"message":{"role":"assistant","content":"Paris."}}]}`, "Paris.", false},
		{"OpenTelemetry's", `[{"role":"assistant","parts":[{"type":"text","content":"Paris."}],"finish_reason":"stop"}]`, "Paris.", false},
		{"JSON that was asked for, with names of messages", `{"content":"Paris","output":"x","score":1}`, `{"content":"Paris","output":"x","score":1}`, false},
		{"a list of such", `[{"content":"Paris"},{"content":"Bonn"}]`, `[{"content":"Paris"},{"content":"Bonn"}]`, false},
		{"what it thought before, as OpenTelemetry has it", `[{"role":"assistant","parts":[{"type":"reasoning","content":"Hm."},{"type":"text","content":"Paris."}]}]`, "Paris.", false},
		{"as Anthropic has it", `{"role":"assistant","content":[{"type":"thinking","thinking":"Hm."},{"type":"text","text":"Paris."}]}`, "Paris.", false},
		{"as Google has it", `{"role":"model","parts":[{"text":"Hm.","thought":true},{"text":"Paris."}]}`, "Paris.", false},
		{"as OpenAI has it", `{"output":[{"type":"reasoning","content":[{"type":"reasoning_text","text":"Hm."}]},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Paris."}]}]}`, "Paris.", false},
		{"a refusal", `{"role":"assistant","content":[{"type":"refusal","refusal":"I cannot."}]}`, "I cannot.", false},
		{"a message that the model wrote", heed.KeepText(`{"role":"assistant","content":"Paris."}`), `{"role":"assistant","content":"Paris."}`, false},
		{"a call", `[{"role":"assistant","content":"One moment.","tool_calls":[{"id":"1"}]}]`, "One moment.", true},
	} {
		if got, more := dataset.AnswerOf(c.kept); got != c.want || more != c.more {
			t.Errorf("%s: %q, more %t", c.name, got, more)
		}
	}
}

// Of an attached conversation the last answer is the one that was rated.
func TestSplit(t *testing.T) {
	m := func(role, text string) dataset.Message { return dataset.Message{Role: role, Content: text} }
	question, answer, more := dataset.Split([]dataset.Message{m("user", "a"), m("assistant", "b"), m("tool", "t"), m("user", "c"), m("assistant", "d"), m("user", "thanks")})
	if diff := cmp.Diff([]dataset.Message{m("user", "a"), m("assistant", "b"), m("user", "c")}, question); diff != "" || answer != "d" || !more {
		t.Errorf("%q, %t (-want +got):\n%s", answer, more, diff)
	}
	if question, answer, more := dataset.Split([]dataset.Message{m("user", "a")}); len(question) != 1 || answer != "" || more {
		t.Errorf("%v, %q, %t", question, answer, more)
	}
}

// FuzzConversation: whatever is kept, there is a question unless there is none.
func FuzzConversation(f *testing.F) {
	f.Add(`{"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}]}`)
	f.Fuzz(func(t *testing.T, kept string) {
		messages, _ := dataset.Conversation(kept)
		for _, m := range messages {
			if m.Content == "" {
				t.Errorf("an empty message of %q", kept)
			}
		}
		_, _ = dataset.AnswerOf(kept)
	})
}
