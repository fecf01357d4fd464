package main

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "renew golden files")

// TestOpenAPI holds the committed document against what the server serves.
// Renew it with go test ./cmd/heed -run OpenAPI -update.
func TestOpenAPI(t *testing.T) {
	server := serve(t, t.TempDir())
	served := call(t, "GET", server.url+"/openapi.json", "")
	var got any
	if err := json.Unmarshal([]byte(served.text), &got); err != nil {
		t.Fatal(err)
	}
	// The version is the build's, not the contract's.
	got.(map[string]any)["info"].(map[string]any)["version"] = "1"
	text, err := yaml.MarshalWithOptions(got, yaml.Indent(2), yaml.UseLiteralStyleIfMultiline(true))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("..", "..", "schema", "openapi.yaml")
	if *update {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(text)); diff != "" {
		t.Errorf("schema/openapi.yaml is not what the server serves (-committed +served):\n%s", diff)
	}
}
