package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestConnectionLimit: whoever opens connections and says nothing does not use up the
// files of the server; who comes when there are as many as allowed waits, and is
// served when one ends.
func TestConnectionLimit(t *testing.T) {
	file := filepath.Join(t.TempDir(), "heed.yaml")
	if err := os.WriteFile(file, []byte("limits:\n  connections: 2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serve(t, t.TempDir(), "--config", file)
	var open []net.Conn
	for range 3 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		open = append(open, conn)
	}
	last := open[2]
	if _, err := io.WriteString(last, "GET /healthz HTTP/1.1\r\nHost: heed\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := last.SetReadDeadline(time.Now().Add(300 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err := last.Read(make([]byte, 1)); n > 0 || err == nil {
		t.Fatal("the third of two connections is served")
	}
	open[0].Close()
	if err := last.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(last), nil)
	if err != nil {
		t.Fatalf("after one has ended: %v", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("after one has ended: %s", answer.Status)
	}
}
