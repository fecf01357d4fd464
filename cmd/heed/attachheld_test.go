package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestAttachHeld: what the gateway holds of an answer is attached when the person
// consents, without being sent again, and by nobody to an answer of another project.
func TestAttachHeld(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"id":"held-1","model":"gpt-5","choices":[{"message":{"content":"Lyon, `+attachWords+`"},"finish_reason":"stop"}]}`)
	}))
	defer upstream.Close()
	dir := t.TempDir()
	server := gatewayTo(t, dir, upstream.URL)
	project := createProject(t, dir, "p")
	others := createProject(t, dir, "others")
	takeAttachments(t, server, project)
	takeAttachments(t, server, others)
	question := fmt.Sprintf(`{"model":"gpt-5","messages":[{"role":"user","content":"Where does %s live?"}]}`, attachWords)
	answered := call(t, http.MethodPost, server.url+"/gateway/openai/v1/chat/completions", question, "X-Heed-Key", project.SecretKey, "X-Heed-User", "ada")
	token := bearer(answered.header.Get("X-Heed-Token"))

	attach := func(credential []string) answer {
		voted := call(t, http.MethodPost, server.url+"/v1/feedback", `{"vote":"down","response_id":"held-1"}`, credential...)
		if voted.status != http.StatusCreated {
			t.Fatal(voted.text)
		}
		offer := offerOf(t, server, credential...)
		return call(t, http.MethodPost, server.url+"/v1/attachments", offer.body(voted.body["id"].(string), `"held":true`), credential...)
	}
	eventually(t, func() string {
		if metrics := call(t, http.MethodGet, server.url+"/metrics", ""); !strings.Contains(metrics.text, "heed_gateway_held_calls 1\n") {
			return "the call is not held"
		}
		return ""
	})
	if got := attach(bearer(others.SecretKey)); got.status != http.StatusNotFound {
		t.Errorf("another project: %d %s", got.status, got.text)
	}
	got := attach(token)
	if got.status != http.StatusCreated || strings.Contains(got.text, attachWords) {
		t.Fatal(got.status, got.text)
	}
	reviewer := signedIn(t, server, dir, "grace", "reviewer")
	path := server.url + "/v1/attachments/" + got.body["id"].(string)
	if got := call(t, http.MethodPost, path+"/reveals?project=p", `{"reason":"who is meant?"}`, reviewer...); got.status != 201 {
		t.Fatal(got.text)
	}
	if got := call(t, http.MethodGet, path+"/content?project=p", "", reviewer...); !strings.Contains(got.text, "Where does "+attachWords+" live?") || !strings.Contains(got.text, "Lyon, "+attachWords) {
		t.Errorf("what was attached: %d %s", got.status, got.text)
	}
	if status := server.stop(t); status != 0 {
		t.Errorf("exit status %d", status)
	}
	if strings.Contains(server.log.String(), attachWords) {
		t.Error("the log tells what was attached")
	}
	findInFiles(t, dir, attachWords)
}
