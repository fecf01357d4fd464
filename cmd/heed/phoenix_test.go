package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestPhoenix: annotations come in with the key where Phoenix's clients put it, all
// of a request or none, and what is wrong is told in their shape.
func TestPhoenix(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "phoenix", "--origin", "https://app.example.com")
	sk := bearer(project.SecretKey)
	const good = `{"span_id":"eee19b7ec3c1b174","name":"thumbs","annotator_kind":"HUMAN","result":{"score":1,"explanation":"nice"}}`
	for _, c := range []struct {
		name, body string
		headers    []string
		status     int
		holds      string
	}{
		{"one", `{"data":[` + good + `]}`, sk, 200, `{"data":[{"id":"fb_`},
		{"none", `{"data":[]}`, sk, 200, `{"data":[]}`},
		{"with the older header", `{"data":[` + good + `]}`, []string{"Api_key", project.SecretKey}, 200, `{"data":[{"id":"fb_`},
		{"of a model", `{"data":[{"span_id":"canary","name":"x","annotator_kind":"LLM","result":{"score":1}}]}`, sk, 400, `{"detail":"data.0.annotator_kind is not HUMAN`},
		{"too long a text", `{"data":[` + good + `,{"span_id":"e2","name":"x","annotator_kind":"HUMAN","result":{"explanation":"` + strings.Repeat("é", 8001) + `"}}]}`, sk, 400, `{"detail":"data.1.result.explanation is too long`},
		{"without a key", `{}`, nil, 401, `{"detail":"there is no credential`},
		{"of a page", `{"data":[` + good + `]}`, append(bearer(project.PublishableKey), "Origin", "https://app.example.com"), 403, `{"detail":`},
		{"not JSON", `{"canary`, sk, 400, `{"detail":"body is not JSON`},
		{"too large", strings.Repeat(" ", 4<<20+1), sk, 413, `larger than`},
	} {
		got := call(t, http.MethodPost, server.url+"/v1/span_annotations?sync=true", c.body, c.headers...)
		if got.status != c.status || !strings.Contains(got.text, c.holds) || strings.Contains(got.text, "canary") {
			t.Errorf("%s: %d %s, want %d with %s", c.name, got.status, got.text, c.status, c.holds)
		}
	}
	listed := func(wants ...string) {
		t.Helper()
		eventually(t, func() string {
			got := call(t, http.MethodGet, server.url+"/v1/feedback", "", sk...)
			if strings.Count(got.text, `"vote"`) != 1 {
				return "not one feedback: " + got.text
			}
			for _, want := range wants {
				if !strings.Contains(got.text, want) {
					return "no " + want + " in " + got.text
				}
			}
			return ""
		})
	}
	listed(`"span_id":"eee19b7ec3c1b174"`, `"vote":"up"`, `"comment":"nice"`, `"surface":"phoenix"`, `"bound":false`)

	// Its span comes later, and is the only one that says which response it is.
	begun := time.Now().Add(-time.Minute).UnixNano()
	body := fmt.Sprintf(exportedSpan, begun, begun+1)
	if got := call(t, http.MethodPost, server.url+"/v1/traces", body, "Content-Type", "application/json", "X-Heed-Key", project.SecretKey); got.status != 200 {
		t.Fatalf("traces: %d %s", got.status, got.text)
	}
	listed(`"response_id":"chatcmpl-otlp"`, `"bound":true`)
}
