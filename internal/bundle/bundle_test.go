package bundle_test

import (
	"crypto/sha512"
	"encoding/base64"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/heed-ai/heed/internal/bundle"
)

func TestBuild(t *testing.T) {
	sources := fstest.MapFS{
		"src/main.ts":  {Data: []byte(`import { twice } from "./part"; import style from "./s.css"; const n: number = twice(21); alert(n + style);`)},
		"src/part.ts":  {Data: []byte(`export const twice = (n: number): number => n * 2;`)},
		"src/s.css":    {Data: []byte("a {\n  color: red;\n}\n")},
		"src/bad.ts":   {Data: []byte(`import "../../etc/passwd"; import "left-pad";`)},
		"src/wrong.ts": {Data: []byte(`const = 1`)},
	}
	script, err := bundle.Build(sources, "src/main.ts", bundle.Classic)
	if err != nil {
		t.Fatal(err)
	}
	body := string(script.Body)
	if !strings.Contains(body, "a{color:red}") || strings.Contains(body, "number") || strings.Contains(body, "import") {
		t.Errorf("the bundle is\n%s", body)
	}
	sum := sha512.Sum384(script.Body)
	if script.Integrity != "sha384-"+base64.StdEncoding.EncodeToString(sum[:]) {
		t.Errorf("integrity %s", script.Integrity)
	}
	again, err := bundle.Build(sources, "src/main.ts", bundle.Classic)
	if err != nil || again.Version() != script.Version() || len(script.Version()) != 16 {
		t.Errorf("the same sources have versions %s and %s (%v)", script.Version(), again.Version(), err)
	}
	for _, entry := range []string{"src/bad.ts", "src/wrong.ts", "src/none.ts"} {
		if _, err := bundle.Build(sources, entry, bundle.Module); err == nil || !strings.Contains(err.Error(), entry) {
			t.Errorf("%s: %v, want an error that names it", entry, err)
		}
	}
}

// A script in parts: what is needed later is a part of its own, and what both need
// comes with the first.
func TestSplit(t *testing.T) {
	sources := fstest.MapFS{
		"src/main.ts":  {Data: []byte(`import { twice } from "./part"; alert(twice(1)); void import("./later").then((m) => m.go());`)},
		"src/later.ts": {Data: []byte(`import { twice } from "./part"; export const go = () => alert("later" + twice(2));`)},
		"src/part.ts":  {Data: []byte(`export const twice = (n: number): number => { alert("shared"); return n * 2; };`)},
		"src/wrong.ts": {Data: []byte(`import("./none")`)},
	}
	s, err := bundle.Split(sources, "src/main.ts", "app")
	if err != nil {
		t.Fatal(err)
	}
	entry, ok := s.Files["app.js"]
	if !ok || s.Entry != "app.js" || len(s.Files) != 3 || len(s.First) != 1 || strings.Contains(string(entry.Body), "later\"") {
		t.Fatalf("parts %v, first %v, entry %s", s.Files, s.First, entry.Body)
	}
	if shared, ok := s.Files[s.First[0]]; !ok || !strings.Contains(string(shared.Body), "shared") {
		t.Errorf("the entry imports %s at once", s.First[0])
	}
	if _, err := bundle.Split(sources, "src/wrong.ts", "app"); err == nil || !strings.Contains(err.Error(), "src/wrong.ts") {
		t.Errorf("%v, want an error that names the entry", err)
	}
}
