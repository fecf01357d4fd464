package privacy_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestGitleaks asks gitleaks what it finds in our texts, and where it is
// there in its own, and wants it found here as well. It is in a module of its own.
func TestGitleaks(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: it builds gitleaks, which takes a while: run the tests without -short")
	}
	folder := filepath.Join("..", "..", "e2e", "gitleaks")
	there := exec.Command("go", "list", "-test", "-deps", "./...")
	there.Dir, there.Env = folder, append(os.Environ(), "GOPROXY=off", "GOWORK=off")
	if out, err := there.CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: run make tools first, which downloads gitleaks\n%s", out)
	}
	texts := filepath.Join(t.TempDir(), "texts")
	file, err := os.Create(texts)
	if err != nil {
		t.Fatal(err)
	}
	lines := json.NewEncoder(file)
	write := func(text string) {
		if err := lines.Encode(text); err != nil {
			t.Fatal(err)
		}
	}
	g := newGenerator(13)
	for range 3 {
		for _, tmpl := range readTemplates(t, "texts") {
			if text, gold := g.fill(tmpl); len(gold) > 0 {
				write(text)
			}
		}
	}
	for _, text := range recordedSecrets(t) {
		write(text)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "test", "-count=1", "-v", "./...")
	cmd.Dir, cmd.Env = folder, append(os.Environ(), "GOWORK=off", "HEED_TEXTS="+texts)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, " secrets ") {
			t.Log(strings.TrimSpace(line))
		}
	}
}

// recordedSecrets are the tests of gitleaks' own rules, where they are.
func recordedSecrets(t *testing.T) (texts []string) {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "..", "shared", "data", "C", "gitleaks", "dev.cases.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Log("no shared/data beside the repository: gitleaks' own texts are not asked about")
		return nil
	}
	for _, row := range readLines[struct{ Text string }](t, path) {
		texts = append(texts, row.Text)
	}
	return texts
}
