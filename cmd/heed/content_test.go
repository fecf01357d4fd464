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
