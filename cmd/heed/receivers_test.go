package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// TestReceivers: who is sent something of a project stands in the record, the
// assessment, the page of the team and the public page, from when it is set up.
func TestReceivers(t *testing.T) {
	dir := t.TempDir()
	settings := filepath.Join(dir, "heed.yaml")
	write(t, settings, "recognizers:\n  presidio: {url: http://pii.example:5002}\nemit:\n  endpoint: http://otel.example:4318/v1/logs?key=wombat\n")
	server := serve(t, dir, "--config", settings)
	project := createProject(t, dir, "p")
	sk, auditor := bearer(project.SecretKey), signedIn(t, server, dir, "grace", "auditor")
	told := func(path string) string {
		t.Helper()
		got := call(t, http.MethodGet, server.url+path, "", auditor...)
		if got.status != http.StatusOK {
			t.Fatal(got.text)
		}
		return got.text
	}
	pages := []string{"/v1/privacy?project=p", "/v1/privacy/record?project=p", "/v1/privacy/assessment?project=p"}
	for _, path := range pages {
		if text := told(path); !strings.Contains(text, "otel.example:4318") || strings.Contains(text, "pii.example") || strings.Contains(text, "wombat") {
			t.Errorf("%s before anything is chosen: %s", path, text)
		}
	}

	for _, e := range []struct{ name, events string }{{"the channel of ops", `"alert.*","finding.*"`}, {"the warehouse", `"feedback.*"`}} {
		body := fmt.Sprintf(`{"name":%q,"kind":"webhook","url":"https://in.example/secret","events":[%s]}`, e.name, e.events)
		if got := call(t, http.MethodPost, server.url+"/v1/endpoints", body, sk...); got.status != http.StatusCreated {
			t.Fatal(got.text)
		}
	}
	if got := call(t, http.MethodPatch, server.url+"/v1/project", `{"privacy":{"recognizer":"presidio"}}`, sk...); got.status != http.StatusOK {
		t.Fatal(got.text)
	}
	for _, path := range pages {
		text := told(path)
		for _, want := range []string{"the recogniser presidio", "pii.example:5002", "before anything is redacted", "the channel of ops", "the warehouse", "in.example", "each feedback: ids, times, vote, score, tags"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s has no %q: %s", path, want, text)
			}
		}
		if strings.Contains(text, "in.example/secret") {
			t.Errorf("%s tells a secret address", path)
		}
	}
	eventually(t, func() string { // a server looks at settings each second
		page := call(t, http.MethodGet, server.url+"/privacy/"+string(project.Project)+"?lang=en", "").text
		for _, want := range []string{"is shown what you write as you wrote it", "with the reasons that you tick, also goes to programs", "the monitoring of whoever runs", "services outside"} {
			if !strings.Contains(page, want) {
				return "the public page has no " + want
			}
		}
		return ""
	})
}
