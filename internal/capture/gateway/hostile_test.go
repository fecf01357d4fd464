package gateway_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A call reaches what is below its upstream's address and nothing beside it, and
// takes nothing there that was meant for Heed.
func TestHostileCalls(t *testing.T) {
	heard := make(chan *http.Request, 1)
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // with what comes behind it
		heard <- r
		_, _ = io.WriteString(w, `{"id":"r1","choices":[]}`)
	}))
	defer upstream.Close()
	w := newWorld(t, upstream.URL+"/team")
	for _, path := range []string{"/%2e%2e/other", "/v1/%2E./other", "/v1%2f..%2f..%2fother", "/%2e/x", "/v1/.%2e"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+path, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Heed-Key", w.key)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d, want %d", path, answer.StatusCode, http.StatusBadRequest)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+"/v1/..chat/completions", io.MultiReader(strings.NewReader("{}")))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Heed-Key", w.key)
	r.Trailer = http.Header{"X-Heed-User": {"ada"}, "X-Other": {"kept"}}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	got := <-heard
	if got.URL.Path != "/team/v1/..chat/completions" || got.Trailer.Get("X-Heed-User") != "" || got.Trailer.Get("X-Other") != "kept" {
		t.Errorf("the upstream gets %s with %v", got.URL.Path, got.Trailer)
	}
	for name := range got.Header {
		if strings.HasPrefix(name, "X-Heed-") {
			t.Errorf("the upstream gets %s", name)
		}
	}
}
