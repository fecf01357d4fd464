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

// How long calls are held is a time, or none.
func TestConfigOfTheHold(t *testing.T) {
	for text, good := range map[string]bool{
		"hold: 0s": true, "hold: 0": true, "hold: 90s": true, "hold: 24h": true, "hold_bytes: 0": true, "hold_bytes: 1048576": true,
		"hold: 15": false, "hold: soon": false, "hold: -1m": false, "hold: 25h": false, "hold_bytes: 1000": false, "hold_bytes: -1": false,
	} {
		file := write(t, filepath.Join(t.TempDir(), "heed.yaml"), "gateway: {"+text+"}\n")
		_, stderr, status := runHeed(t, "config", "--config", file)
		if good != (status == 0) || !good && !strings.Contains(stderr, "15m") && !strings.Contains(stderr, "gateway.hold_bytes must") {
			t.Errorf("%s: status %d\n%s", text, status, stderr)
		}
	}
	if stdout, stderr, _ := runHeedWith(t, []string{"HEED_GATEWAY_HOLD=7m"}, "config"); !strings.Contains(stdout, "hold: 7m\n") {
		t.Errorf("the environment does not count:\n%s%s", stdout, stderr)
	}
}
