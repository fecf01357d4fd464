package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// A file that says nothing leaves every default.
func TestConfigThatSaysNothing(t *testing.T) {
	want, _, _ := runHeed(t, "config")
	for name, text := range map[string]string{
		"empty": "", "blank": "\n\n", "comments": "# nothing yet\n# data: x\n", "document": "---\n", "null": "null\n",
	} {
		file := filepath.Join(t.TempDir(), "heed.yaml")
		write(t, file, text)
		if got, stderr, status := runHeed(t, "config", "--config", file); status != 0 || got != want {
			t.Errorf("%s: status %d\n%s%s", name, status, stderr, got)
		}
	}
}

// What heed config prints is a configuration: reading it changes nothing.
func TestConfigReadsBack(t *testing.T) {
	want, _, _ := runHeed(t, "config")
	file := filepath.Join(t.TempDir(), "heed.yaml")
	write(t, file, want)
	if got, stderr, status := runHeed(t, "config", "--config", file); status != 0 || got != want {
		t.Errorf("status %d\n%s%s", status, stderr, got)
	}
	changed, _, _ := runHeedWith(t, []string{"HEED_LOG_LEVEL=debug"}, "config", "--config", file)
	if !strings.Contains(changed, "level: debug") {
		t.Errorf("the environment does not win:\n%s", changed)
	}
}
