package command_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture/command"
)

// exchange is a recorded request, and what the official SDKs read in its
// answer.
type exchange struct {
	ID           string
	Provider     string
	API          command.API
	Status       int
	Streamed     bool
	RequestJSON  json.RawMessage `json:"request_json"`
	ResponseBody string          `json:"response_body"`
	text         string
}

// exchanges reads the recorded exchanges, or skips the test where there are
// none.
func exchanges(t *testing.T) []exchange {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(filepath.Dir(root), "shared", "data", "B", "exchanges")
	if _, err := os.Stat(folder); err != nil {
		t.Skip("SKIPPED: no shared/data beside the repository; TestTalk and TestShapes cover the same with requests of their own")
	}
	texts := map[string]string{}
	eachLine(t, filepath.Join(folder, "dev.expected.jsonl"), func(line []byte) {
		var expected struct{ ID, Text string }
		_ = json.Unmarshal(line, &expected)
		texts[expected.ID] = expected.Text
	})
	var all []exchange
	eachLine(t, filepath.Join(folder, "dev.jsonl"), func(line []byte) {
		var e exchange
		if json.Unmarshal(line, &e) == nil {
			e.text = texts[e.ID]
			all = append(all, e)
		}
	})
	return all
}

func eachLine(t *testing.T, path string, do func([]byte)) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		do(lines.Bytes())
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

// Every recorded request passes as it came; and when the chat goes on with a
// command, that finds the recorded answer.
func TestRecordedRequests(t *testing.T) {
	x, passed, found := newIndex(t), 0, 0
	for _, e := range exchanges(t) {
		r := command.Request{API: e.API, Body: e.RequestJSON, Project: "prj_1", Tags: heed.DefaultTags()}
		if len(e.RequestJSON) == 0 || string(e.RequestJSON) == "null" {
			continue
		}
		if d := command.Handle(r, x); &d.Body[0] != &e.RequestJSON[0] || d.Act != nil {
			t.Errorf("%s is not passed as it came", e.ID)
		}
		passed++
		name := map[command.API]string{command.ChatCompletions: "messages", command.Responses: "input", command.Messages: "messages"}[e.API]
		if e.Status != 200 || strings.TrimSpace(e.text) == "" || name == "" {
			continue
		}
		x.Remember(r, heed.ResponseID(e.ID), e.text)
		var body map[string]json.RawMessage
		if err := json.Unmarshal(e.RequestJSON, &body); err != nil {
			t.Fatal(err)
		}
		if body[name] == nil {
			continue // made from a prompt that the provider keeps
		}
		var history []json.RawMessage
		if json.Unmarshal(body[name], &history) != nil {
			history = []json.RawMessage{fmt.Appendf(nil, `{"role":"user","content":%s}`, body[name])}
		}
		answer, _ := json.Marshal(map[string]string{"role": "assistant", "content": "  " + strings.ReplaceAll(e.text, "**", "") + "\n"})
		history = append(history, answer, json.RawMessage(`{"role":"user","content":"/-why wrong"}`))
		body[name], _ = json.Marshal(history)
		delete(body, "previous_response_id")
		r.Body, _ = json.Marshal(body)
		if got := what(command.Handle(r, x).Act); got != e.ID+" down comment=wrong" {
			t.Errorf("after %s the command records %q", e.ID, got)
		}
		found++
	}
	t.Logf("%d requests passed as they came, %d answers were found by what they say", passed, found)
	if passed < 400 || found < 200 {
		t.Errorf("only %d requests and %d answers", passed, found)
	}
}

// What Heed answers has no field that the provider's own answers lack, each
// with a value of the same kind, and a stream has the same events.
func TestRecordedShapes(t *testing.T) {
	type form struct {
		api      command.API
		streamed bool
	}
	provider := map[command.API]string{command.ChatCompletions: "openai", command.Responses: "openai", command.Messages: "anthropic"}
	fields, events, seen := map[form]map[string]string{}, map[form]map[string]bool{}, map[form]int{}
	for _, e := range exchanges(t) {
		f := form{e.API, e.Streamed}
		if e.Status != 200 || provider[e.API] != e.Provider {
			continue
		}
		if fields[f] == nil {
			fields[f], events[f] = map[string]string{}, map[string]bool{}
		}
		seen[f]++
		for name, value := range eventsOf(t, e.ResponseBody, e.Streamed) {
			events[f][name] = true
			kinds(value, name, fields[f])
		}
	}
	for _, f := range []form{
		{command.ChatCompletions, false},
		{command.ChatCompletions, true},
		{command.Responses, false},
		{command.Responses, true},
		{command.Messages, false},
		{command.Messages, true},
	} {
		if seen[f] < 20 {
			t.Errorf("%v: only %d recorded", f, seen[f])
		}
		body := fmt.Appendf(nil, `{"model":"m-1","stream":%v,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"/+"}],"input":"/+"}`, f.streamed)
		d := command.Handle(command.Request{API: f.api, Body: body, Project: "prj_1"}, newIndex(t))
		got := map[string]string{}
		for name, value := range eventsOf(t, string(d.Answer.Reply(nil, nil).Body), f.streamed) {
			if !events[f][name] {
				t.Errorf("%v: no provider sends an event %s", f, name)
			}
			kinds(value, name, got)
		}
		for field, kind := range got {
			recorded, ok := fields[f][field]
			if !ok {
				t.Errorf("%v: no provider sends %s", f, field)
			} else if !strings.Contains(recorded, kind) {
				t.Errorf("%v: %s is %s, and %s with the provider", f, field, kind, recorded)
			}
		}
	}
}

// eventsOf returns the values of a body by the type of their event; one that
// is not streamed is one event. Of events of one type each field is told.
func eventsOf(t *testing.T, body string, streamed bool) map[string]any {
	t.Helper()
	out := map[string]any{}
	if !streamed {
		var value any
		if err := json.Unmarshal([]byte(body), &value); err != nil {
			t.Fatal(err)
		}
		out["whole"] = value
		return out
	}
	for line := range strings.SplitSeq(body, "\n") {
		data, ok := strings.CutPrefix(strings.TrimSpace(line), "data:")
		var value map[string]any
		if !ok || json.Unmarshal([]byte(data), &value) != nil {
			continue
		}
		name, _ := value["type"].(string)
		if name == "" {
			name, _ = value["object"].(string)
		}
		all, _ := out[name].([]any)
		out[name] = append(all, value)
	}
	return out
}

// kinds notes of every field below a value what it holds.
func kinds(value any, path string, into map[string]string) {
	kind := "null"
	switch v := value.(type) {
	case map[string]any:
		kind = "object"
		for key, inner := range v {
			kinds(inner, path+"."+key, into)
		}
	case []any:
		kind = "array"
		for _, inner := range v {
			kinds(inner, path+"[]", into)
		}
	case string:
		kind = "string"
	case float64:
		kind = "number"
	case bool:
		kind = "bool"
	}
	if !strings.Contains(into[path], kind) {
		into[path] += " " + kind
	}
}
