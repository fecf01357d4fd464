package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestDiskFull fills the disk under a server: writes are answered 503 with
// Retry-After, reads go on, what was acknowledged stays, and when there is
// room again it goes on by itself.
func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("heed-test", dir, "tmpfs", 0, "size=160m"); err != nil {
		t.Skipf("SKIPPED, the full disk is not tested: a small file system cannot be mounted here: %v (run as root)", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	data := filepath.Join(dir, "data")
	project := createProject(t, data, "full")
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"id":"chatcmpl-1","model":"gpt-5","choices":[]}`)
	}))
	defer upstream.Close()
	server := gatewayTo(t, data, upstream.URL)
	acknowledged := 0
	vote := func() answer {
		body := fmt.Sprintf(`{"id":"f%d","response_id":"r","comment":%q,"vote":"up"}`, acknowledged, strings.Repeat("words ", 1000))
		got := call(t, http.MethodPost, server.url+"/v1/feedback", body, bearer(project.SecretKey)...)
		if got.status == http.StatusCreated {
			acknowledged++
		}
		return got
	}
	if got := vote(); got.status != http.StatusCreated {
		t.Fatal(got.text)
	}

	filler := fill(t, dir)
	var got answer
	for range 20_000 {
		if got = vote(); got.status != http.StatusCreated {
			break
		}
	}
	if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" {
		t.Fatalf("on a full disk: %d, Retry-After %q: %s", got.status, got.header.Get("Retry-After"), got.text)
	}
	for _, path := range []string{"/v1/stats", "/v1/feedback", "/healthz"} {
		if got := call(t, http.MethodGet, server.url+path, "", bearer(project.SecretKey)...); got.status != http.StatusOK {
			t.Errorf("GET %s on a full disk: %d %s", path, got.status, got.text)
		}
	}

	// Calls to a model go through, and that they are lost is told.
	got = call(t, http.MethodPost, server.url+"/gateway/openai/v1/chat/completions", `{"model":"gpt-5"}`, "X-Heed-Key", project.SecretKey)
	if got.status != http.StatusOK || !strings.Contains(got.text, "chatcmpl-1") || got.header.Get("X-Heed-Token") == "" {
		t.Errorf("a call through the gateway on a full disk: %d %s", got.status, got.text)
	}
	eventually(t, func() string {
		if page := call(t, http.MethodGet, server.url+"/metrics", ""); !strings.Contains(page.text, "heed_gateway_lost_total 1\n") {
			return "a call that could not be recorded is not counted"
		}
		return ""
	})

	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() string {
		if got := vote(); got.status != http.StatusCreated {
			return fmt.Sprintf("with room again: %d %s", got.status, got.text)
		}
		return ""
	})
	eventually(t, func() string {
		if n := len(listAll(t, server.url+"/v1/feedback", project.SecretKey, "id")); n < acknowledged {
			return fmt.Sprintf("%d of %d acknowledged votes are there", n, acknowledged)
		}
		return ""
	})
}

// fill takes all the room there is.
func fill(t *testing.T, dir string) string {
	t.Helper()
	name := filepath.Join(dir, "filler")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, size := range []int{1 << 20, 4 << 10} {
		chunk := make([]byte, size)
		for {
			if _, err := f.Write(chunk); err != nil {
				break
			}
		}
	}
	return name
}
