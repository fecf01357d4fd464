package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestStartIsRefused: what cannot be served is refused with one sentence that
// says what to do.
func TestStartIsRefused(t *testing.T) {
	busy := t.TempDir()
	serve(t, busy)
	newer := t.TempDir()
	write(t, filepath.Join(newer, "version"), "99\n")
	strange := t.TempDir()
	write(t, filepath.Join(strange, "version"), "hello\n")
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "")
	settings := t.TempDir()

	for _, c := range []struct {
		name    string
		args    []string
		environ []string
		says    []string
	}{
		{"in use", []string{"--data", busy}, nil, []string{busy, "in use", "--data"}},
		{"newer version", []string{"--data", newer}, nil, []string{"version 99", "newer heed"}},
		{"not a data directory", []string{"--data", strange}, nil, []string{"version", "Heed data directory"}},
		{"cannot be made", []string{"--data", filepath.Join(file, "below")}, nil, []string{"cannot be made", "--data"}},
		{"unknown key", []string{"--config", write(t, filepath.Join(settings, "a.yaml"), "data: x\nlissten: y\n")}, nil, []string{"a.yaml", "lissten", "heed config"}},
		{"wrong type", []string{"--config", write(t, filepath.Join(settings, "b.yaml"), "events: {threads: many}\n")}, nil, []string{"b.yaml", "threads"}},
		{"wrong value", []string{"--config", write(t, filepath.Join(settings, "c.yaml"), "content: everything\n")}, nil, []string{"content", "none or redacted"}},
		{"no such file", []string{"--config", filepath.Join(settings, "absent.yaml")}, nil, []string{"absent.yaml"}},
		{"wrong environment", nil, []string{"HEED_EVENTS_THREADS=many"}, []string{"HEED_EVENTS_THREADS", "whole number"}},
		{"wrong root key", nil, []string{"HEED_ROOT_KEY=short", "HEED_DATA=" + t.TempDir()}, []string{"HEED_ROOT_KEY", "openssl rand -base64 32"}},
		{"address taken", []string{"--data", t.TempDir(), "--listen", "256.0.0.1:1"}, nil, []string{"256.0.0.1:1", "--listen"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, stderr, status := runHeedWith(t, c.environ, append([]string{"serve"}, c.args...)...)
			if status != 1 {
				t.Errorf("exit status %d, want 1", status)
			}
			for _, words := range c.says {
				if !strings.Contains(stderr, words) {
					t.Errorf("the message does not say %q:\n%s", words, stderr)
				}
			}
		})
	}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestReadyAndStop: the process says when it is ready, is well while it lives,
// and ends with status 0 when it is asked to.
func TestReadyAndStop(t *testing.T) {
	server := serve(t, t.TempDir())
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/openapi.json"} {
		if got := call(t, "GET", server.url+path, ""); got.status != 200 {
			t.Errorf("GET %s: %d", path, got.status)
		}
	}
	if status := server.stop(t); status != 0 {
		t.Errorf("exit status %d:\n%s", status, server.log)
	}
}

// TestStopTellsWhatItCutOff: a call that outlives the grace of stopping is told
// of, in the log and by the exit status; a connection that asked for nothing is
// nobody's call.
func TestStopTellsWhatItCutOff(t *testing.T) {
	for _, c := range []struct {
		name   string
		call   bool
		status int
		says   string
	}{
		{"a call that never ends", true, 1, "heed: stopping cut off 1 of the calls under way"},
		{"a silent connection", false, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // each waits for the grace to end
			dir := t.TempDir()
			server := serve(t, dir)
			key := createProject(t, dir, "slow").SecretKey
			connection, err := net.Dial("tcp", strings.TrimPrefix(server.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer connection.Close()
			if c.call {
				// The server asks for the body once the call is under way.
				fmt.Fprintf(connection, "POST /v1/feedback HTTP/1.1\r\nHost: heed\r\nAuthorization: Bearer %s\r\n"+
					"Content-Length: 99\r\nExpect: 100-continue\r\n\r\n", key)
				line, err := bufio.NewReader(connection).ReadString('\n')
				if err != nil || !strings.Contains(line, "100 Continue") {
					t.Fatalf("%q, %v", line, err)
				}
			}
			if status := server.stop(t); status != c.status {
				t.Errorf("exit status %d, want %d", status, c.status)
			}
			log := server.log.String()
			if !strings.Contains(log, c.says) || strings.Contains(log, "calls were cut off") != c.call {
				t.Errorf("want %q of the log:\n%s", c.says, log)
			}
		})
	}
}
