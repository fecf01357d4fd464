package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestEndpointIsChanged: an endpoint is changed from the terminal; what is not given
// stays, what is refused changes nothing, and its address is never printed.
func TestEndpointIsChanged(t *testing.T) {
	w := newFindingWorld(t)
	key := w.keys.SecretKey
	id, _ := endpointOf(t, w.server.url, key, `{"name":"ours","kind":"webhook","url":"https://example.com/in?key=hidden","events":["finding.*"]}`)
	now := func(at string) map[string]any {
		t.Helper()
		got := call(t, http.MethodGet, w.server.url+"/v1/endpoints/"+at, "", bearer(key)...)
		if got.status != http.StatusOK || strings.Contains(got.text, "hidden") {
			t.Fatal(got.text)
		}
		return got.body
	}
	w.wantHeed("Theirs is changed: it is told of finding.*, at example.com.\n", "endpoint", "change", id, "--name", "Theirs")
	w.wantHeed("it is told of alert.fired, review.*, at example.com.\n", "endpoint", "change", id, "--events", "review.*,alert.fired,review.*")
	w.wantHeed("at hooks.example.org. Try it: heed endpoint test "+id, "endpoint", "change", id, "--to", "https://hooks.example.org/in?key=hidden,too")
	if e := now(id); e["name"] != "Theirs" || e["version"] != 4.0 || e["host"] != "hooks.example.org" || len(e["events"].([]any)) != 2 {
		t.Errorf("%v", e)
	}
	w.wantHeed("is told nothing for now", "endpoint", "pause", id)
	if got := w.wantHeed("at example.net.\n", "endpoint", "change", id, "--to", "https://example.net/hidden"); strings.Contains(got, "Try it") {
		t.Errorf("one that is paused cannot be tried: %s", got)
	}
	if got := w.wantHeed(`"state":"paused"`, "endpoint", "change", id, "--name", "Ours", "--json"); !strings.Contains(got, `"version":7`) {
		t.Errorf("as JSON: %s", got)
	}

	// An address that is a secret comes by the standard input.
	cmd := heedCommand("endpoint", "change", id, "--to", "-")
	cmd.Env = append(cmd.Env, "HEED_URL="+w.server.url, "HEED_KEY="+key)
	cmd.Stdin = strings.NewReader("https://example.edu/in?key=hidden,too\n")
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "at example.edu.") || strings.Contains(string(out), "hidden") {
		t.Errorf("%v: %s", err, out)
	}

	for _, c := range []struct{ says, flags string }{
		{"nothing to change", ""}, {"must begin with https://", "--to http://example.com/hidden"}, {"names nobody", "--to https://user:hidden@example.com/"}, {"must hold types", "--events answers.*"},
	} {
		if _, stderr, status := w.heed(append([]string{"endpoint", "change", id}, strings.Fields(c.flags)...)...); status != 1 || !strings.Contains(stderr, c.says) || strings.Contains(stderr, "hidden") {
			t.Errorf("%q: %d %s", c.flags, status, stderr)
		}
	}
	if e := now(id); e["version"] != 8.0 || e["host"] != "example.edu" {
		t.Errorf("what was refused changed it: %v", e)
	}
	if _, stderr, status := w.heed("endpoint", "change", "ept_none", "--name", "x"); status != 1 || !strings.Contains(stderr, "there is no such endpoint") {
		t.Errorf("one that is none: %d %s", status, stderr)
	}
}

// TestMailboxesAreChanged: --to is all mailboxes of an endpoint, not one more.
func TestMailboxesAreChanged(t *testing.T) {
	w, mails := newFindingWorld(t), openMailbox(t)
	w.server.kill()
	w.server = serve(t, w.dir, "--config", privateOutbound(t, fmt.Sprintf("smtp: {host: 127.0.0.1, port: %d, from: heed@example.com, tls: none}\n", mails.port)))
	id, _ := endpointOf(t, w.server.url, w.keys.SecretKey, `{"name":"on call","kind":"email","to":["ada@example.com"],"events":["alert.*"]}`)
	w.wantHeed("at example.org, other.example.", "endpoint", "change", id, "--to", "bob@example.org,eve@other.example")
	for _, to := range []string{"https://example.com/", "Jo <jo@example.com>", "-"} {
		if _, stderr, status := w.heed("endpoint", "change", id, "--to", to); status != 1 || strings.Contains(stderr, "jo@") {
			t.Errorf("%s: %d %s", to, status, stderr)
		}
	}
	if got := call(t, http.MethodGet, w.server.url+"/v1/endpoints/"+id, "", bearer(w.keys.SecretKey)...); got.body["host"] != "example.org, other.example" {
		t.Error(got.text)
	}
}
