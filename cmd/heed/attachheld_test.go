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
	question := fmt.Sprintf(`{"model":"gpt-5","messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Who is ill?"},{"role":"assistant","content":"Nobody."},
		{"role":"user","content":"Where does %s live?"}]}`, attachWords)
	answered := call(t, http.MethodPost, server.url+"/gateway/openai/v1/chat/completions", question, "X-Heed-Key", project.SecretKey, "X-Heed-User", "ada")
	token := bearer(answered.header.Get("X-Heed-Token"))

	attach := func(credential []string, scope string) answer {
		voted := call(t, http.MethodPost, server.url+"/v1/feedback", `{"vote":"down","response_id":"held-1"}`, credential...)
		if voted.status != http.StatusCreated {
			t.Fatal(voted.text)
		}
		offer := offerOf(t, server, credential...)
		return call(t, http.MethodPost, server.url+"/v1/attachments", strings.Replace(offer.body(voted.body["id"].(string), `"held":true`), `"scope":"answer"`, `"scope":"`+scope+`"`, 1), credential...)
	}
	eventually(t, func() string {
		if metrics := call(t, http.MethodGet, server.url+"/metrics", ""); !strings.Contains(metrics.text, "heed_gateway_held_calls 1\n") {
			return "the call is not held"
		}
		return ""
	})
	if got := attach(bearer(others.SecretKey), "answer"); got.status != http.StatusNotFound {
		t.Errorf("another project: %d %s", got.status, got.text)
	}
	if got := attach(token, "messages"); got.status != http.StatusBadRequest || !strings.Contains(got.text, "body.scope") {
		t.Errorf("messages that nobody chose: %d %s", got.status, got.text)
	}
	reviewer := signedIn(t, server, dir, "grace", "reviewer")
	asked := fmt.Sprintf(`{"role":"user","text":"Where does %s live?"},{"role":"assistant","text":"Lyon, %[1]s"}]`, attachWords)
	for scope, parts := range map[string]string{
		"answer":       `"parts":[` + asked,
		"conversation": `"parts":[{"role":"system","text":"Be kind."},{"role":"user","text":"Who is ill?"},{"role":"assistant","text":"Nobody."},` + asked,
	} {
		got := attach(token, scope)
		if got.status != http.StatusCreated || got.body["scope"] != scope || strings.Contains(got.text, attachWords) {
			t.Fatal(got.status, got.text)
		}
		path := server.url + "/v1/attachments/" + got.body["id"].(string)
		if got := call(t, http.MethodPost, path+"/reveals?project=p", `{"reason":"who is meant?"}`, reviewer...); got.status != 201 {
			t.Fatal(got.text)
		}
		if got := call(t, http.MethodGet, path+"/content?project=p", "", reviewer...); !strings.Contains(got.text, parts) {
			t.Errorf("what was attached of scope %s: %d %s, want %s", scope, got.status, got.text, parts)
		}
	}
	if status := server.stop(t); status != 0 {
		t.Errorf("exit status %d", status)
	}
	if strings.Contains(server.log.String(), attachWords) {
		t.Error("the log tells what was attached")
	}
	findInFiles(t, dir, attachWords)
}
