package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// TestRecognizer goes the way of an operator and a project: a recogniser is
// set up, chosen, sees a comment before it is kept, and falls silent.
func TestRecognizer(t *testing.T) {
	var silent atomic.Bool
	presidio := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Text, Language string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Language != "de" {
			t.Errorf("asked in %q, %v", in.Language, err)
		}
		if silent.Load() {
			http.Error(w, in.Text, http.StatusInternalServerError)
			return
		}
		answer := "[]"
		if strings.HasPrefix(in.Text, "Zwölfer") {
			answer = `[{"entity_type":"PERSON","start":0,"end":7,"score":0.85}]`
		}
		_, _ = io.WriteString(w, answer)
	}))
	defer presidio.Close()
	dir := t.TempDir()
	settings := filepath.Join(dir, "heed.yaml")
	write(t, settings, "recognizers:\n  names: {url: "+presidio.URL+", language: de, within: 30s}\n")
	server := serve(t, dir, "--config", settings)
	project := createProject(t, dir, "people")

	patch := func(name string) reply {
		got := call(t, http.MethodPatch, server.url+"/v1/project", `{"privacy":{"recognizer":"`+name+`"}}`, bearer(project.SecretKey)...)
		return reply{status: got.status, body: []byte(got.text)}
	}
	if got := patch("http://169.254.169.254"); got.status != http.StatusUnprocessableEntity && got.status != http.StatusBadRequest {
		t.Errorf("an address for a name: %d %s", got.status, got.body)
	}
	if got := patch("others"); got.status != http.StatusUnprocessableEntity && got.status != http.StatusBadRequest {
		t.Errorf("a recogniser that is not set up: %d %s", got.status, got.body)
	}
	if got := patch("names"); got.status != http.StatusOK || !strings.Contains(string(got.body), `"recognizers":["names"]`) {
		t.Fatalf("choosing: %d %s", got.status, got.body)
	}
	redact := func() (int, string) {
		got := call(t, http.MethodPost, server.url+"/v1/redact", `{"text":"Zwölfer schrieb an zw@example.com"}`, bearer(project.SecretKey)...)
		return got.status, got.text
	}
	eventually(t, func() string {
		if status, text := redact(); status != http.StatusOK || !strings.Contains(text, "[NAME_1] schrieb an [EMAIL_1]") {
			return text
		}
		return ""
	})
	comment := func(response string) (text string) {
		got := call(t, http.MethodPost, server.url+"/v1/feedback", `{"response_id":"`+response+`","vote":"down","comment":"Zwölfer war hier"}`, bearer(project.SecretKey)...)
		if got.status != http.StatusCreated {
			t.Fatalf("%d %s", got.status, got.text)
		}
		id, _ := got.body["id"].(string)
		eventually(t, func() string {
			got := call(t, http.MethodGet, server.url+"/v1/feedback/"+id, "", bearer(project.SecretKey)...)
			if text = got.text; got.status != http.StatusOK {
				return text
			}
			return ""
		})
		return text
	}
	tries := 0
	eventually(t, func() string { // within a second
		tries++
		if text := comment("r" + strconv.Itoa(tries)); !strings.Contains(text, "[NAME_1] war hier") {
			return text
		}
		return ""
	})
	note := func(id string) answer {
		return call(t, http.MethodPost, server.url+"/v1/findings/"+id+"/notes", `{"text":"Zwölfer hat recht"}`, bearer(project.SecretKey)...)
	}
	made := call(t, http.MethodPost, server.url+"/v1/findings", `{"title":"Zwölfer sieht Fremdes"}`, bearer(project.SecretKey)...)
	finding, _ := made.body["id"].(string)
	if said := note(finding); made.body["title"] != "[NAME_1] sieht Fremdes" || !strings.Contains(said.text, "[NAME_1] hat recht") {
		t.Errorf("a finding: %s, its note: %s", made.text, said.text)
	}
	silent.Store(true)
	if said := note(finding); said.status != http.StatusServiceUnavailable || strings.Contains(said.text, "hat recht") {
		t.Errorf("a note while it fails: %d %s", said.status, said.text)
	}
	if text := comment("r0"); strings.Contains(text, "war hier") || !strings.Contains(text, "withheld") || !strings.Contains(text, `"vote":"down"`) {
		t.Errorf("while it fails: %s", text)
	}
	if status, text := redact(); status != http.StatusServiceUnavailable || strings.Contains(text, "Zwölfer") {
		t.Errorf("while it fails: %d %s", status, text)
	}
	metrics := call(t, http.MethodGet, server.url+"/metrics", "").text
	for _, line := range []string{`heed_recognizer_texts_total{outcome="answered",recognizer="names"}`, `heed_recognizer_texts_total{outcome="status",recognizer="names"} 3`} {
		if !strings.Contains(metrics, line) {
			t.Errorf("the metrics lack %s", line)
		}
	}
}
