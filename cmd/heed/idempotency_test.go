package main

import (
	"net/http"
	"strings"
	"sync"
	"testing"
)

// TestIdempotencyKey: the same request with the same key counts once and is
// answered alike, at once, after it is stored, and after a kill.
func TestIdempotencyKey(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "once")
	headers := append(bearer(project.SecretKey), "Idempotency-Key", "click-1")
	const body = `{"response_id":"r1","vote":"up"}` // nobody is named: each call would be a feedback of its own
	send := func(url string) answer { return call(t, http.MethodPost, url+"/v1/feedback", body, headers...) }

	var all [8]answer
	var together sync.WaitGroup
	for i := range all {
		together.Go(func() { all[i], _ = tryCall(http.MethodPost, server.url+"/v1/feedback", body, headers...) })
	}
	together.Wait()
	first := all[0]
	replays := 0
	for _, got := range all {
		if got.status != http.StatusCreated || got.text != first.text {
			t.Fatalf("%d %s, want %s", got.status, got.text, first.text)
		}
		if got.header.Get("Idempotent-Replayed") == "true" {
			replays++
		}
	}
	if replays != len(all)-1 {
		t.Errorf("%d of %d calls at once were replays", replays, len(all))
	}
	if got := call(t, http.MethodPost, server.url+"/v1/feedback", `{"response_id":"r1","vote":"down"}`, headers...); got.status != http.StatusConflict {
		t.Errorf("the same key for another body: %d", got.status)
	}
	if got := call(t, http.MethodPost, server.url+"/v1/feedback", body, append(bearer(project.SecretKey), "Idempotency-Key", strings.Repeat("x", 257))...); got.status != http.StatusBadRequest {
		t.Errorf("a key of 257 bytes: %d", got.status)
	}
	server.kill()
	server = serve(t, dir)
	if got := send(server.url); got.text != first.text {
		t.Errorf("after a kill: %s, want %s", got.text, first.text)
	}
	eventually(t, func() string {
		if got := call(t, http.MethodGet, server.url+"/v1/feedback/"+first.body["id"].(string), "", bearer(project.SecretKey)...); got.status != 200 {
			return "not stored: " + got.text
		}
		return ""
	})
	if got := send(server.url); got.text != first.text {
		t.Errorf("after it is stored: %s, want %s", got.text, first.text)
	}
	if n := len(listAll(t, server.url+"/v1/feedback", project.SecretKey, "id")); n != 1 {
		t.Errorf("%d feedbacks are stored, want 1", n)
	}
	other := createProject(t, dir, "another")
	if got := call(t, http.MethodPost, server.url+"/v1/feedback", body, append(bearer(other.SecretKey), "Idempotency-Key", "click-1")...); got.header.Get("Idempotent-Replayed") != "" {
		t.Error("another project's key was taken for the same")
	}
}

// TestRepeatedKey: a call that makes a key can be made again by whoever missed
// the answer, and makes one key.
func TestRepeatedKey(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "keys")
	headers := append(bearer(project.SecretKey), "Idempotency-Key", "deploy-7")
	create := func(body string) answer { return call(t, http.MethodPost, server.url+"/v1/keys", body, headers...) }
	const body = `{"kind":"sk","name":"deploy"}`
	first := create(body)
	if first.status != http.StatusCreated || first.header.Get("Idempotent-Replayed") != "" {
		t.Fatalf("%d %s", first.status, first.text)
	}
	again := create(body)
	if again.text != first.text || again.status != http.StatusCreated || again.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("again: %d %s, want %s", again.status, again.text, first.text)
	}
	key, _ := first.body["key"].(string)
	if got := call(t, http.MethodGet, server.url+"/v1/keys", "", bearer(key)...); got.status != http.StatusOK {
		t.Errorf("the key does not work: %d %s", got.status, got.text)
	}
	for _, other := range []string{`{"kind":"pk","name":"deploy"}`, `{"kind":"sk","name":"other"}`} {
		if got := create(other); got.status != http.StatusConflict {
			t.Errorf("the same Idempotency-Key for %s: %d", other, got.status)
		}
	}
	if got := call(t, http.MethodPost, server.url+"/v1/keys", body, append(bearer(key), "Idempotency-Key", "deploy-7")...); got.text == first.text {
		t.Error("one sender's Idempotency-Key gives another the key")
	}
}
