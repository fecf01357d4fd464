package main

import (
	"net/http"
	"testing"
)

// TestContentOfSeveralPeople: the parts of a response may name nobody or
// different people; its texts show all the same.
func TestContentOfSeveralPeople(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "people", "--content", "redacted")
	for _, part := range []string{
		`{"type":"response","response_id":"r1","input":"what is it?"}`,
		`{"type":"response","response_id":"r1","user":"ada","output":"it is a boat"}`,
		`{"type":"response","response_id":"r1","user":"grace","model":"m"}`,
	} {
		got := call(t, http.MethodPost, server.url+"/v1/events", `{"events":[`+part+`]}`, bearer(project.SecretKey)...)
		if got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.text)
		}
	}
	eventually(t, func() string {
		got := call(t, http.MethodGet, server.url+"/v1/responses/r1", "", bearer(project.SecretKey)...)
		response, _ := got.body["response"].(map[string]any)
		if got.status != http.StatusOK || response["input"] != "what is it?" || response["output"] != "it is a boat" || response["model"] != "m" {
			return got.text
		}
		return ""
	})
}

// TestListsOfOTLP: an exporter's lists are kept whole where they are what somebody
// wrote, redacted like any text; of reasons for an end the first choice's counts.
func TestListsOfOTLP(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "lists", "--content", "redacted")
	message := func(role, text string) string {
		return `{"kvlistValue":{"values":[{"key":"role","value":{"stringValue":"` + role + `"}},{"key":"parts","value":{"arrayValue":{"values":[
			{"kvlistValue":{"values":[{"key":"type","value":{"stringValue":"text"}},{"key":"content","value":{"stringValue":"` + text + `"}}]}}]}}}]}}`
	}
	got := call(t, http.MethodPost, server.url+"/v1/traces", `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"chat","attributes":[
		{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},{"key":"gen_ai.response.id","value":{"stringValue":"r1"}},
		{"key":"gen_ai.response.finish_reasons","value":{"arrayValue":{"values":[{"stringValue":"length"},{"stringValue":"stop"}]}}},
		{"key":"gen_ai.input.messages","value":{"arrayValue":{"values":[`+message("system", "Be brief.")+`,`+message("user", "Write to ada@example.com, please.")+`]}}},
		{"key":"gen_ai.output.messages","value":{"arrayValue":{"values":[`+message("assistant", "I did.")+`]}}}]}]}]}]}`, "Content-Type", "application/json", "X-Heed-Key", project.SecretKey)
	if got.status != http.StatusOK {
		t.Fatal(got.text)
	}
	eventually(t, func() string {
		got := call(t, http.MethodGet, server.url+"/v1/responses/r1", "", bearer(project.SecretKey)...)
		response, _ := got.body["response"].(map[string]any)
		if response["finish_reason"] != "length" || response["output"] != `[{"parts":[{"content":"I did.","type":"text"}],"role":"assistant"}]` ||
			response["input"] != `[{"parts":[{"content":"Be brief.","type":"text"}],"role":"system"},{"parts":[{"content":"Write to [EMAIL_1], please.","type":"text"}],"role":"user"}]` {
			return got.text
		}
		return ""
	})
}
