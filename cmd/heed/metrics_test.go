package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// TestDashboard holds the names in the dashboard against those that are there.
func TestDashboard(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "p")
	sent := call(t, http.MethodPost, server.url+"/v1/events", `{"events":[
		{"type":"response","response_id":"r1","operation":"chat","provider":"openai","model":"gpt-5","status":"error","error_type":"timeout",
		 "duration_ms":1500,"ttft_ms":20,"input_tokens":7,"output_tokens":2,"cost_usd":0.5,"retries":1},
		{"type":"feedback","response_id":"r1","vote":"down"}]}`, "Authorization", "Bearer "+project.SecretKey)
	if sent.status >= 300 {
		t.Fatal(sent.status, sent.text)
	}
	page := call(t, http.MethodGet, server.url+"/metrics", "").text
	for _, want := range []string{
		`gen_ai_client_inference_duration_seconds_count{error_type="timeout",gen_ai_operation_name="chat",gen_ai_provider_name="openai",gen_ai_response_model="gpt-5"} 1`,
		`heed_votes_total{vote="down"} 1`,
	} {
		if !strings.Contains(page, want+"\n") {
			t.Errorf("no %s", want)
		}
	}
	text, err := os.ReadFile("../../deploy/grafana/heed.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			for _, word := range strings.FieldsFunc(target.Expr, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
				if strings.HasPrefix(word, "heed_") || strings.HasPrefix(word, "gen_ai_client_") {
					names = append(names, word)
				}
			}
		}
	}
	slices.Sort(names)
	if names = slices.Compact(names); len(names) < 12 {
		t.Fatalf("the dashboard shows only %v", names)
	}
	for line := range strings.Lines(page) {
		name, _, _ := strings.Cut(strings.TrimPrefix(line, "# TYPE "), " ")
		if strings.HasPrefix(line, "# TYPE heed_deliver") && !slices.Contains(names, name) || name == "heed_endpoints" && !slices.Contains(names, name) {
			t.Errorf("no panel shows %s", name)
		}
	}
	for _, name := range names {
		if !strings.Contains(page, "\n"+name+"{") && !strings.Contains(page, "\n"+name+" ") {
			t.Errorf("the dashboard shows %s, which is not there", name)
		}
	}
}

// TestMetricsAreTheOperators: through the name by which people reach a server,
// metrics are told to who has their token.
func TestMetricsAreTheOperators(t *testing.T) {
	dir := t.TempDir()
	ask := func(url, host, authorization string) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	open := serve(t, dir)
	if here, there := ask(open.url, "", ""), ask(open.url, "heed.example.com", ""); here != http.StatusOK || there != http.StatusForbidden {
		t.Errorf("without a token: %d here, %d from elsewhere", here, there)
	}
	open.stop(t)
	settings := filepath.Join(t.TempDir(), "heed.yaml")
	write(t, settings, "metrics_token: wombats count each vote\n")
	guarded := serve(t, dir, "--config", settings)
	if without, with := ask(guarded.url, "", ""), ask(guarded.url, "heed.example.com", "Bearer wombats count each vote"); without != http.StatusUnauthorized || with != http.StatusOK {
		t.Errorf("with one: %d to who does not have it, %d to who does", without, with)
	}
}
