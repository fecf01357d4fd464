package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// exportedCalls and exportedRun are an agent's run as exporters send it: first
// what ended first, and the run itself with a later export.
const (
	exportedCalls = `{"resourceSpans":[{"scopeSpans":[{"spans":[
	{"traceId":"5b8efff798038103d269b633813fc60d","spanId":"eee19b7ec3c1b101","parentSpanId":"eee19b7ec3c1b100","name":"chat gpt-5","kind":3,"startTimeUnixNano":"%[1]d000","endTimeUnixNano":"%[2]d000","attributes":[
	{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},{"key":"gen_ai.response.model","value":{"stringValue":"gpt-5"}},
	{"key":"gen_ai.response.id","value":{"stringValue":"chatcmpl-a1"}},{"key":"gen_ai.usage.input_tokens","value":{"intValue":"100"}}]},
	{"traceId":"5b8efff798038103d269b633813fc60d","spanId":"eee19b7ec3c1b102","parentSpanId":"eee19b7ec3c1b100","name":"execute_tool search","kind":1,"startTimeUnixNano":"%[2]d000","endTimeUnixNano":"%[2]d999","attributes":[
	{"key":"gen_ai.operation.name","value":{"stringValue":"execute_tool"}},{"key":"gen_ai.tool.name","value":{"stringValue":"search"}},
	{"key":"gen_ai.tool.call.arguments","value":{"stringValue":"canary-text"}}]},
	{"traceId":"5b8efff798038103d269b633813fc60d","spanId":"eee19b7ec3c1b103","parentSpanId":"eee19b7ec3c1b100","name":"chat gpt-5","kind":3,"startTimeUnixNano":"%[2]d999","endTimeUnixNano":"%[3]d000","attributes":[
	{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},{"key":"gen_ai.response.model","value":{"stringValue":"gpt-5"}},
	{"key":"gen_ai.response.id","value":{"stringValue":"chatcmpl-a2"}},{"key":"gen_ai.usage.input_tokens","value":{"intValue":"150"}}]}]}]}]}`
	exportedRun = `{"resourceSpans":[{"scopeSpans":[{"spans":[
	{"traceId":"5b8efff798038103d269b633813fc60d","spanId":"eee19b7ec3c1b100","name":"invoke_agent helper","kind":1,"startTimeUnixNano":"%[1]d000","endTimeUnixNano":"%[3]d000","attributes":[
	{"key":"gen_ai.operation.name","value":{"stringValue":"invoke_agent"}},{"key":"gen_ai.agent.name","value":{"stringValue":"helper"}},
	{"key":"gen_ai.usage.input_tokens","value":{"intValue":"250"}}]}]}]}]}`
)

// TestAgent exports a run in two parts, lets people rate a tool's span and a
// call of it, and finds one answer.
func TestAgent(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "p")
	begin := time.Now().Add(-time.Minute).UnixMicro()
	post := func(path, body string) answer {
		return call(t, http.MethodPost, server.url+path, body, append(bearer(project.SecretKey), "Content-Type", "application/json")...)
	}
	for _, body := range []string{
		fmt.Sprintf(exportedCalls, begin, begin+1_000_000, begin+3_000_000),
		fmt.Sprintf(exportedRun, begin, 0, begin+3_000_000),
	} {
		if got := post("/v1/traces", body); got.status != http.StatusOK || got.text != "{}" {
			t.Fatalf("traces: %d %s", got.status, got.text)
		}
	}
	run := "5b8efff798038103d269b633813fc60d-eee19b7ec3c1b100"
	onTool := post("/v1/feedback", `{"trace_id":"5b8efff798038103d269b633813fc60d","span_id":"eee19b7ec3c1b102","vote":"down","user":"u-1"}`)
	if onTool.status != http.StatusCreated || !strings.Contains(onTool.text, `"response_id":"`+run+`"`) || !strings.Contains(onTool.text, `"bound":true`) {
		t.Errorf("feedback on a span: %d %s", onTool.status, onTool.text)
	}
	if onCall := post("/v1/feedback", `{"response_id":"chatcmpl-a2","vote":"up","user":"u-2"}`); !strings.Contains(onCall.text, `"response_id":"chatcmpl-a2"`) {
		t.Errorf("feedback on a call: %d %s", onCall.status, onCall.text)
	}
	wants := map[string][]string{
		"/v1/responses/" + run:      {`"kind":"call","response_id":"chatcmpl-a1"`, `"kind":"tool","name":"search"`, `"kind":"call","response_id":"chatcmpl-a2"`, `"vote":"down"`, `"vote":"up"`},
		"/v1/responses/chatcmpl-a2": {`"part_of":"` + run + `"`, `"vote":"up"`},
		"/v1/responses":             {`"response_id":"` + run + `"`},
		"/v1/responses?of=calls":    {`"response_id":"chatcmpl-a1"`, `"response_id":"chatcmpl-a2"`},
		"/v1/stats":                 {`"responses":1,`, `"rated":1,"up":1,"down":1,"unbound":0`, `"input_tokens":250`},
		"/v1/stats?of=calls":        {`"responses":2,`, `"input_tokens":250`},
	}
	for path, texts := range wants {
		eventually(t, func() string {
			got := call(t, http.MethodGet, server.url+path, "", bearer(project.SecretKey)...)
			for _, want := range texts {
				if !strings.Contains(got.text, want) {
					return path + " has no " + want + ": " + got.text
				}
			}
			if strings.Contains(got.text, "canary") {
				return path + " tells what a tool was given"
			}
			return ""
		})
	}
	for path, n := range map[string]int{"/v1/responses": 1, "/v1/responses?of=calls": 2, "/v1/responses?of=all": 3} {
		got := call(t, http.MethodGet, server.url+path, "", bearer(project.SecretKey)...)
		if strings.Count(got.text, `"received_at"`) != n {
			t.Errorf("%s has not %d: %s", path, n, got.text)
		}
	}
}
