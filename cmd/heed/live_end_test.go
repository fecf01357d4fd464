package main

import (
	"context"
	"io"
	"net/http"
	"testing"
)

// TestLiveEndsWithTheRight: who is removed or has another role, and whoever holds a key that is
// revoked, does not go on reading in a stream that was open before.
func TestLiveEndsWithTheRight(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "ours")
	cookie, _ := enter(t, server.url, dir, "grace", "reviewer")
	member := watchLive(t, server.url, "Cookie", cookie)
	cookie, _ = enter(t, server.url, dir, "ada", "reviewer")
	changed := watchLive(t, server.url, "Cookie", cookie)
	holder := watchLive(t, server.url, bearer(project.SecretKey)...)
	for _, command := range [][]string{
		{"user", "remove", "grace", "--data", dir},
		{"user", "role", "ada", "developer", "--data", dir}, // who may read the stream, but no texts in it
		{"key", "revoke", project.SecretKey, "--data", dir, "--project", "ours"},
	} {
		if _, stderr, status := runHeed(t, command...); status != 0 {
			t.Fatalf("%v: %s", command, stderr)
		}
	}
	for who, stream := range map[string]io.Reader{"a removed member": member, "a member with another role": changed, "a revoked key": holder} {
		if _, err := io.Copy(io.Discard, stream); err != nil {
			t.Errorf("the stream of %s did not end by itself: %v", who, err)
		}
	}
}

// watchLive opens the live stream, for as long as patience at most.
func watchLive(t *testing.T, url string, headers ...string) io.Reader {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/v1/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set(headers[0], headers[1])
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("live: %s", answer.Status)
	}
	return answer.Body
}

// TestLiveStreamsAreBounded: who opens one after the other keeps nobody else out.
func TestLiveStreamsAreBounded(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "ours")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	open := func(ctx context.Context, headers ...string) int {
		t.Helper()
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.url+"/v1/live", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set(headers[0], headers[1])
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = answer.Body.Close() })
		return answer.StatusCode
	}
	key := bearer(project.SecretKey)
	for i := range 50 {
		if status := open(ctx, key...); status != http.StatusOK {
			t.Fatalf("stream %d: %d", i+1, status)
		}
	}
	if status := open(t.Context(), key...); status != http.StatusTooManyRequests {
		t.Errorf("one more: %d", status)
	}
	if status := open(t.Context(), signedIn(t, server, dir, "ada", "reviewer")...); status != http.StatusOK {
		t.Errorf("somebody else: %d", status)
	}
	stop()
	eventually(t, func() string {
		if status := open(t.Context(), key...); status != http.StatusOK {
			return http.StatusText(status)
		}
		return ""
	})
}
