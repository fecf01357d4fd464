package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestClientsOfOthers runs clients that were made for other products, unchanged,
// against the real heed.
func TestClientsOfOthers(t *testing.T) {
	folder := filepath.Join("..", "..", "e2e")
	for file, client := range map[string]string{
		"langfuse.test.mjs":      "@langfuse/client",
		"langsmith.test.mjs":     "langsmith",
		"metrics.test.mjs":       "@opentelemetry/exporter-metrics-otlp-proto",
		"opentelemetry.test.mjs": "@opentelemetry/exporter-trace-otlp-grpc",
		"providers.test.mjs":     "openai",
	} {
		t.Run(file, func(t *testing.T) {
			if _, err := os.Stat(filepath.Join(folder, "node_modules", client)); err != nil {
				t.Skip("SKIPPED: run make tools first, which installs the clients")
			}
			dir := t.TempDir()
			server := gatewayTo(t, dir, recordedProvider(t).URL)
			project := createProject(t, dir, "clients", "--origin", "https://app.example.com")
			cmd := exec.Command("node", "--test", filepath.Join("clients", file))
			cmd.Dir = folder
			cmd.Env = append(os.Environ(), "HEED_URL="+server.url, "HEED_OTLP_GRPC="+server.otlp,
				"HEED_KEY="+project.SecretKey, "HEED_PUBLISHABLE_KEY="+project.PublishableKey)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// recordedProvider answers as providers did once. Of the model "busy" it answers
// every second call only, and of "endless" it never ends. Who has no key of its
// own is told so.
func recordedProvider(t *testing.T) *httptest.Server {
	var mu sync.Mutex
	busy := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization")+r.Header.Get("X-Api-Key") == "" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		body, _ := io.ReadAll(r.Body)
		var asked struct {
			Model  string
			Stream bool
		}
		if err := json.Unmarshal(body, &asked); err != nil {
			t.Errorf("%s was asked %q", r.URL, body)
		}
		if asked.Model == "busy" {
			mu.Lock()
			busy = !busy
			full := busy
			mu.Unlock()
			if full {
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("Retry-After-Ms", "20")
				w.WriteHeader(http.StatusTooManyRequests)
				_, _ = io.WriteString(w, `{"error":{"message":"Too many requests.","type":"requests","code":"rate_limit_exceeded"}}`)
				return
			}
		}
		name, media := path.Base(r.URL.Path)+".json", "application/json"
		if asked.Stream {
			name, media = strings.TrimSuffix(name, ".json")+".sse", "text/event-stream"
		}
		name = strings.Replace(name, "completions", "chat", 1)
		text, err := os.ReadFile(filepath.Join("testdata", "provider", name))
		if err != nil {
			t.Errorf("%s: %v", r.URL, err)
		}
		w.Header().Set("Content-Type", media)
		if asked.Model == "endless" {
			_, _ = w.Write(text[:len(text)/2])
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			return
		}
		_, _ = w.Write(text)
	}))
	t.Cleanup(server.Close)
	return server
}
