package main

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// liveEvent is one server-sent event.
type liveEvent struct {
	name string
	data map[string]any
}

// watch reads the live stream of a project until the test ends.
func watch(t *testing.T, url, credential string) <-chan liveEvent {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/v1/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+credential)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if got := answer.Header.Get("Content-Type"); answer.StatusCode != http.StatusOK || got != "text/event-stream" {
		t.Fatalf("status %d, Content-Type %q", answer.StatusCode, got)
	}
	events := make(chan liveEvent, 100)
	go func() {
		defer answer.Body.Close()
		defer close(events)
		var ev liveEvent
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "event":
				ev.name = value
			case "data":
				_ = json.Unmarshal([]byte(value), &ev.data)
				events <- ev
				ev = liveEvent{}
			}
		}
	}()
	return events
}

// TestLive: whoever watches a project sees what it takes in within a second,
// cleaned, and nothing of another project; the stream ends when the server
// stops.
func TestLive(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	ours, theirs := createProject(t, dir, "ours"), createProject(t, dir, "theirs")
	events := watch(t, server.url, ours.SecretKey)
	call(t, http.MethodPost, server.url+"/v1/feedback", `{"response_id":"x","vote":"up"}`, bearer(theirs.SecretKey)...)
	call(t, http.MethodPost, server.url+"/v1/events", `{"events":[
		{"type":"response","response_id":"r1","model":"m","output":"secret canary"},
		{"type":"signal","response_id":"r1","name":"copied"},
		{"type":"change","name":"prompt","value":"v2","note":"by ada@example.com"}]}`, bearer(ours.SecretKey)...)
	call(t, http.MethodPost, server.url+"/v1/feedback", `{"response_id":"r1","vote":"down","comment":"mail ada@example.com","user":"ada"}`, bearer(ours.SecretKey)...)
	for _, want := range []struct{ name, field, value string }{
		{"response", "model", "m"}, {"signal", "name", "copied"}, {"change", "note", "by [EMAIL_1]"}, {"feedback", "comment", "mail [EMAIL_1]"},
	} {
		select {
		case got := <-events:
			if got.name != want.name || got.data[want.field] != want.value {
				t.Errorf("%s %v, want %s with %s %q", got.name, got.data, want.name, want.field, want.value)
			}
			if want.name == "feedback" && got.data["bound"] != true {
				t.Error("the feedback is unbound")
			}
		case <-time.After(patience):
			t.Fatalf("%s did not come", want.name)
		}
	}
	server.stop(t)
	select {
	case ev, open := <-events:
		if open {
			t.Errorf("one more event: %v", ev)
		}
	case <-time.After(patience):
		t.Error("the stream goes on after the server has stopped")
	}
	if got := call(t, http.MethodGet, serve(t, dir).url+"/v1/live", "", bearer(ours.PublishableKey)...); got.status != http.StatusForbidden {
		t.Errorf("a publishable key watches: %d", got.status)
	}
}

func TestChanges(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "changes")
	ago := func(d time.Duration) string { return time.Now().Add(-d).UTC().Format(time.RFC3339) }
	call(t, http.MethodPost, server.url+"/v1/events", `{"events":[
		{"type":"change","name":"prompt","value":"v1","time":"`+ago(48*time.Hour)+`"},
		{"type":"change","name":"model","value":"m2","time":"`+ago(24*time.Hour)+`","note":"to ada@example.com"}]}`, bearer(project.SecretKey)...)
	from := ago(36 * time.Hour)
	eventually(t, func() string {
		got := call(t, http.MethodGet, server.url+"/v1/changes?from="+from, "", bearer(project.SecretKey)...)
		items, _ := got.body["items"].([]any)
		if len(items) != 1 {
			return got.text
		}
		if c := items[0].(map[string]any); c["value"] != "m2" || c["note"] != "to [EMAIL_1]" {
			t.Errorf("the change reads %v", c)
		}
		return ""
	})
}

func TestProjectSettings(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "settings")
	const page = "https://app.example.com"
	call(t, http.MethodOptions, server.url+"/v1/feedback", "", "Origin", page)
	got := call(t, http.MethodGet, server.url+"/v1/project", "", signedIn(t, server, dir, "ada", "developer")...)
	if !strings.Contains(got.text, `"refused_origins":[{"origin":"`+page) {
		t.Errorf("a refused origin is not told: %s", got.text)
	}
	// It may be a page of another project, of which a key is told nothing.
	got = call(t, http.MethodGet, server.url+"/v1/project", "", bearer(project.SecretKey)...)
	if got.status != http.StatusOK || strings.Contains(got.text, page) || got.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("a key is told of the pages of others: %s", got.text)
	}
	change := func(body string) answer {
		return call(t, http.MethodPatch, server.url+"/v1/project", body, bearer(project.SecretKey)...)
	}
	got = change(`{"origins":["` + page + `"],"tags":["wrong","slow"]}`)
	if got.status != http.StatusOK || !strings.Contains(got.text, `"refused_origins":[]`) || !strings.Contains(got.text, `"tags":["wrong","slow"]`) ||
		!strings.Contains(got.text, `"content":"none"`) {
		t.Errorf("changed: %d %s", got.status, got.text)
	}
	if !strings.Contains(got.text, `"commands":"on"`) || !strings.Contains(change(`{"commands":"off"}`).text, `"commands":"off"`) {
		t.Errorf("commands are not on at first, or cannot be switched off: %s", got.text)
	}
	for _, bad := range []string{`{"commands":"maybe"}`, `{"origins":["app.example.com"]}`, `{"content":"all"}`, `[]`, `{"tags":[""]}`} {
		if got := change(bad); got.status != http.StatusBadRequest {
			t.Errorf("%s: %d", bad, got.status)
		}
	}
}

// TestEdits: every step of a feedback is kept, without its texts.
func TestEdits(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "edits")
	for _, body := range []string{
		`{"id":"f1","response_id":"r1","vote":"up","score":{"value":4,"min":1,"max":5}}`,
		`{"id":"f1","response_id":"r1","vote":"down","tags":["incorrect"],"comment":"canary"}`,
		`{"id":"f1","response_id":"r1","vote":null,"score":null,"comment":null}`,
	} {
		if got := call(t, http.MethodPost, server.url+"/v1/feedback", body, bearer(project.SecretKey)...); got.status != http.StatusCreated {
			t.Fatalf("%d %s", got.status, got.text)
		}
	}
	eventually(t, func() string {
		got := call(t, http.MethodGet, server.url+"/v1/feedback/f1/edits", "", bearer(project.SecretKey)...)
		items, _ := got.body["items"].([]any)
		if len(items) != 3 {
			return got.text
		}
		if strings.Contains(got.text, "canary") {
			t.Error("an edit holds a text")
		}
		for i, want := range []string{
			`{"score":{"max":5,"min":1,"value":4},"trust":"server","vote":"up"}`,
			`{"given":["comment"],"tags":["incorrect"],"trust":"server","vote":"down"}`,
			`{"cleared":["score","comment"],"trust":"server","vote":"none"}`,
		} {
			step := items[i].(map[string]any)
			delete(step, "time")
			delete(step, "received_at")
			if text, _ := json.Marshal(step); string(text) != want {
				t.Errorf("step %d is %s, want %s", i, text, want)
			}
		}
		return ""
	})
	if got := call(t, http.MethodGet, server.url+"/v1/feedback/none/edits", "", bearer(project.SecretKey)...); got.status != http.StatusNotFound {
		t.Errorf("edits of nothing: %d", got.status)
	}
}
