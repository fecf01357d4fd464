package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
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
	// The version is the build's, not the contract's.
	document := strings.Replace(served.text, `"version":"`+version()+`"`, `"version":"1"`, 1)
	text, err := yaml.JSONToYAML([]byte(document))
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
