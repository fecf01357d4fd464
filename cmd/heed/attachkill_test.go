package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// holdCatalog keeps everybody from writing to the catalog, and so from writing
// anything down, until release is called.
func holdCatalog(t *testing.T, dir string) (release func()) {
	t.Helper()
	// A server that has just started writes, too: it is waited for.
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "catalog.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(context.Background())
	if err == nil {
		_, err = conn.ExecContext(context.Background(), "BEGIN IMMEDIATE")
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		_, _ = conn.ExecContext(context.Background(), "ROLLBACK")
		_ = errors.Join(conn.Close(), db.Close())
	}
}

// records counts what the audit log has of rights to read and of readings.
func records(t *testing.T, dir string) (rights, readings int) {
	t.Helper()
	out, errs, code := runHeed(t, "audit", "list", "--data", dir, "--json", "--action", "attachment.revealed", "--limit", "100000")
	if code != 0 {
		t.Fatal(errs)
	}
	all := strings.Count(out, `"reveal":"`)
	readings = strings.Count(out, `"read":"1"`)
	return all - readings, readings
}

// said asks for something that may be cut off at any time, and returns all that came
// of the answer.
func said(method, url, body string, headers ...string) string {
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return ""
	}
	request.Header.Set(headers[0], headers[1])
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	return fmt.Sprint(answer.StatusCode, " ", string(text))
}

// blocked starts a question and checks that it has no answer while nothing can be
// written down. The answer is what came of it in the end.
func blocked(t *testing.T, ask func() string) <-chan string {
	t.Helper()
	answered := make(chan string, 1)
	go func() { answered <- ask() }()
	select {
	case text := <-answered:
		t.Errorf("answered although nothing can be written down: %s", text)
	case <-time.After(500 * time.Millisecond):
	}
	return answered
}

// TestRevealKilled kills the server at every step of a reveal: whatever was told of
// an attachment, the log has a record of it.
func TestRevealKilled(t *testing.T) {
	server, dir, project, offer := attaching(t)
	c := customer{server, nil, signedIn(t, server, dir, "grace", "reviewer"), project}
	path := "/v1/attachments/" + c.attach(t, offer, "r1", "parts")
	ask := func() string {
		return said("POST", server.url+path+"/reveals?project=p", `{"reason":"why?"}`, c.reviewer...)
	}
	read := func() string { return said("GET", server.url+path+"/content?project=p", "", c.reviewer...) }
	again := func() { server.kill(); server = serve(t, dir) }
	check := func(step string, rights, readings int) {
		t.Helper()
		if gotRights, gotReadings := records(t, dir); gotRights != rights || gotReadings != readings {
			t.Errorf("%s: %d rights and %d readings are written down, want %d and %d", step, gotRights, gotReadings, rights, readings)
		}
	}

	release := holdCatalog(t, dir)
	answered := blocked(t, ask)
	server.kill()
	if text := <-answered; text != "" {
		t.Errorf("killed before the right was written down: %s", text)
	}
	release()
	server = serve(t, dir)
	if text := read(); !strings.HasPrefix(text, "403 ") {
		t.Errorf("read without a right: %s", text)
	}
	check("killed before the right", 0, 0)

	if text := ask(); !strings.HasPrefix(text, "201 ") {
		t.Fatal(text)
	}
	again()
	release = holdCatalog(t, dir)
	answered = blocked(t, read)
	server.kill()
	if text := <-answered; text != "" {
		t.Errorf("killed before the reading was written down: %s", text)
	}
	release()
	server = serve(t, dir)
	check("killed before the reading", 1, 0)

	// Not killed, it gives up, and tells nothing.
	release = holdCatalog(t, dir)
	if text := read(); strings.HasPrefix(text, "200 ") || strings.Contains(text, attachWords) {
		t.Errorf("read although nothing can be written down: %s", text)
	}
	release()
	check("the log cannot be written", 1, 0)
	if text := read(); !strings.Contains(text, attachWords) {
		t.Errorf("read: %s", text)
	}
	check("read", 1, 1)

	told := killedWhileReading(&server, again, read)
	_, readings := records(t, dir)
	if told == 0 || told+1 > readings {
		t.Errorf("%d were told what was attached, and %d readings are written down", told+1, readings)
	}
}

// killedWhileReading kills the server again and again while many read, some of whom
// were told by then, and returns how many were told anything of the text.
func killedWhileReading(server **process, again func(), read func() string) int {
	var mu sync.Mutex
	told := 0
	for range 10 {
		var readers sync.WaitGroup
		first := make(chan struct{})
		var once sync.Once
		for range 4 {
			readers.Go(func() {
				for text := read(); text != ""; text = read() {
					if strings.Contains(text, attachWords[:4]) {
						once.Do(func() { close(first) })
						mu.Lock()
						told++
						mu.Unlock()
					}
				}
			})
		}
		select {
		case <-first:
		case <-time.After(patience):
		}
		time.Sleep(time.Duration(5+rand.IntN(80)) * time.Millisecond)
		(*server).kill()
		readers.Wait()
		again()
	}
	return told
}
