package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestSDKs runs the tests of every SDK, which hold them to the shared vectors
// and, since a server is named, to the real heed.
func TestSDKs(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "sdks")
	for _, sdk := range []struct {
		folder string
		needs  string // a file that make tools puts there
		args   []string
	}{
		{"go", "", []string{"go", "test", "-count=1", "./..."}},
		{"python", "", []string{"python3", "-W", "error", "tests/test_heed.py"}},
		{"js", "node_modules", []string{"npm", "test", "--silent"}},
	} {
		t.Run(sdk.folder, func(t *testing.T) {
			folder := filepath.Join("..", "..", "sdk", sdk.folder)
			if _, err := os.Stat(filepath.Join(folder, sdk.needs)); err != nil {
				t.Skip("SKIPPED: run make tools first, which installs what this SDK's tests need")
			}
			cmd := exec.Command(sdk.args[0], sdk.args[1:]...)
			cmd.Dir = folder
			cmd.Env = append(os.Environ(), "HEED_URL="+server.url, "HEED_KEY="+project.SecretKey)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
