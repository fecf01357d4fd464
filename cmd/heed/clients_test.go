package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestClientsOfOthers runs clients that were made for other products, unchanged,
// against the real heed.
func TestClientsOfOthers(t *testing.T) {
	folder := filepath.Join("..", "..", "e2e")
	for file, client := range map[string]string{
		"langfuse.test.mjs":  "@langfuse/client",
		"langsmith.test.mjs": "langsmith",
	} {
		t.Run(file, func(t *testing.T) {
			if _, err := os.Stat(filepath.Join(folder, "node_modules", client)); err != nil {
				t.Skip("SKIPPED: run make tools first, which installs the clients")
			}
			dir := t.TempDir()
			server := serve(t, dir)
			project := createProject(t, dir, "clients", "--origin", "https://app.example.com")
			cmd := exec.Command("node", "--test", filepath.Join("clients", file))
			cmd.Dir = folder
			cmd.Env = append(os.Environ(), "HEED_URL="+server.url, "HEED_KEY="+project.SecretKey, "HEED_PUBLISHABLE_KEY="+project.PublishableKey)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
