package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// TestGatewayUnsolicited: a provider that says more than it said it would, or
// speaks when nobody asked, has none of it told to the log.
func TestGatewayUnsolicited(t *testing.T) {
	const canary = "wombatcanary"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	closed := make(chan struct{}, 1)
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				r, err := http.ReadRequest(bufio.NewReader(c))
				if err != nil {
					return
				}
				_, _ = io.Copy(io.Discard, r.Body)
				answer := `{"id":"r1","choices":[]}`
				_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(answer), answer)
				_, _ = io.WriteString(c, strings.Repeat("\nwhat was answered: "+canary, 20))
				_, _ = io.Copy(io.Discard, c) // until the gateway has had enough
				closed <- struct{}{}
			}()
		}
	}()
	dir := t.TempDir()
	server := gatewayTo(t, dir, "http://"+listener.Addr().String())
	project := createProject(t, dir, "p")
	got := call(t, http.MethodPost, server.url+"/gateway/openai/v1/chat/completions", `{"messages":[]}`, "X-Heed-Key", project.SecretKey)
	if got.status != http.StatusOK {
		t.Fatal(got.text)
	}
	<-closed
	if status := server.stop(t); status != 0 {
		t.Errorf("exit status %d", status)
	}
	if strings.Contains(server.log.String(), canary) {
		t.Errorf("the log tells what was answered:\n%s", server.log)
	}
}
