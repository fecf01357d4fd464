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
// against the real heed, and looks for what people wrote in all that it kept.
func TestClientsOfOthers(t *testing.T) {
	folder := filepath.Join("..", "..", "e2e")
	for file, client := range map[string]string{
		"clients/aisdk.test.mjs":         "node_modules/@ai-sdk/otel",
		"clients/anthropic.test.mjs":     "node_modules/@anthropic-ai/sdk",
		"clients/langfuse.test.mjs":      "node_modules/@langfuse/client",
		"clients/langfuseotel.test.mjs":  "node_modules/@langfuse/otel",
		"clients/langsmith.test.mjs":     "node_modules/langsmith",
		"clients/mcp.test.mjs":           "node_modules/@modelcontextprotocol/sdk",
		"clients/metrics.test.mjs":       "node_modules/@opentelemetry/exporter-metrics-otlp-proto",
		"clients/openinference.test.mjs": "node_modules/@arizeai/openinference-instrumentation-openai",
		"clients/opentelemetry.test.mjs": "node_modules/@opentelemetry/exporter-trace-otlp-grpc",
		"clients/providers.test.mjs":     "node_modules/openai",
		// In a folder of its own, for what it needs is older than what the others need.
		"apart/phoenix.test.mjs":   "apart/node_modules/@arizeai/phoenix-client",
		"apart/traceloop.test.mjs": "apart/node_modules/@traceloop/node-server-sdk",
	} {
		t.Run(path.Base(file), func(t *testing.T) {
			if _, err := os.Stat(filepath.Join(folder, client)); err != nil {
				t.Skip("SKIPPED: run make tools first, which installs the clients")
			}
			dir := t.TempDir()
			provider := recordedProvider(t).URL
			server := gatewayTo(t, dir, provider)
			project := createProject(t, dir, "clients", "--origin", "https://app.example.com")
			cmd := exec.Command("node", "--test", file)
			cmd.Dir = folder
			cmd.Env = append(os.Environ(), "HEED_URL="+server.url, "HEED_OTLP_GRPC="+server.otlp,
				"PROVIDER_URL="+provider, "HEED_KEY="+project.SecretKey, "HEED_PUBLISHABLE_KEY="+project.PublishableKey)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			// Neither what was asked nor what the provider answered is kept.
			if status := server.stop(t); status != 0 {
				t.Errorf("exit status %d", status)
			}
			findInFiles(t, dir, "canary")
			findInFiles(t, dir, "lantern")
		})
	}
}

// TestGoClientsOfOthers runs what is tested with Go libraries of others, which are
// in a module of their own.
func TestGoClientsOfOthers(t *testing.T) {
	folder := filepath.Join("..", "..", "e2e", "goclients")
	there := exec.Command("go", "list", "-test", "-deps", "./...")
	there.Dir, there.Env = folder, append(os.Environ(), "GOPROXY=off", "GOWORK=off")
	if out, err := there.CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: run make tools first, which downloads the clients\n%s", out)
	}
	dir := t.TempDir()
	server := gatewayTo(t, dir, recordedProvider(t).URL)
	cmd := exec.Command("go", "test", "-count=1", "./...")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GOWORK=off", "HEED_URL="+server.url, "HEED_KEY="+createProject(t, dir, "clients").SecretKey)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if status := server.stop(t); status != 0 {
		t.Errorf("exit status %d", status)
	}
	findInFiles(t, dir, "canary")
	findInFiles(t, dir, "lantern")
}

// recordedProvider answers as providers did once, or, of the model "cached", as
// they would with most of the input cached. Of the model "busy" it answers every
// second call only, and of "endless" it never ends. Who has no key of its
// own is told so.
func recordedProvider(t *testing.T) *httptest.Server {
	var mu sync.Mutex
	busy := map[string]bool{}
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
			busy[r.URL.Path] = !busy[r.URL.Path]
			full := busy[r.URL.Path]
			mu.Unlock()
			if full {
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("Retry-After-Ms", "20")
				w.WriteHeader(http.StatusTooManyRequests)
				_, _ = io.WriteString(w, tooMany[path.Base(r.URL.Path)])
				return
			}
		}
		name, media := path.Base(r.URL.Path)+".json", "application/json"
		if asked.Stream {
			name, media = strings.TrimSuffix(name, ".json")+".sse", "text/event-stream"
		}
		name = strings.Replace(name, "completions", "chat", 1)
		if asked.Model == "cached" {
			name = "cached" + name
		}
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

// tooMany is how providers say that they are asked too often.
var tooMany = map[string]string{
	"completions": `{"error":{"message":"Too many requests.","type":"requests","code":"rate_limit_exceeded"}}`,
	"messages":    `{"type":"error","error":{"type":"rate_limit_error","message":"Too many requests."},"request_id":"req_1"}`,
}
