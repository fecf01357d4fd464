package main

import (
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestConsoleAccess walks the way of a team into the console: the first admin's
// link, a password, a member invited, and what each may do.
func TestConsoleAccess(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "ours")
	createProject(t, dir, "theirs")
	run := heedCommand("user", "add", "grace", "--role", "analyst", "--data", dir, "--json")
	out, err := run.Output()
	if err != nil || !strings.Contains(string(out), `"link":"`+server.url+`/enter#`) {
		t.Fatalf("user add: %s (%v)", out, err)
	}
	_, code, _ := strings.Cut(string(out), "/enter#")
	code, _, _ = strings.Cut(code, `"`)

	in := call(t, http.MethodPost, server.url+"/v1/session", `{"code":"`+code+`"}`)
	cookie, _, _ := strings.Cut(in.header.Get("Set-Cookie"), ";")
	if in.status != http.StatusCreated || in.body["needs_password"] != true || in.body["role"] != "analyst" || !strings.HasPrefix(cookie, "heed=") {
		t.Fatalf("enter: %d %s, cookie %q", in.status, in.text, in.header.Get("Set-Cookie"))
	}
	if again := call(t, http.MethodPost, server.url+"/v1/session", `{"code":"`+code+`"}`); again.status != http.StatusUnauthorized {
		t.Errorf("the link works twice: %d", again.status)
	}
	as := func(method, path, body string, headers ...string) answer {
		return call(t, method, server.url+path, body, append(headers, "Cookie", cookie)...)
	}
	if got := as(http.MethodGet, "/v1/session", ""); got.body["needs_password"] != true {
		t.Errorf("a page that is loaded again, before there is a password: %s", got.text)
	}
	chosen := as(http.MethodPut, "/v1/session/password", `{"password":"correct horse battery"}`)
	if chosen.status != http.StatusOK {
		t.Fatalf("password: %d %s", chosen.status, chosen.text)
	}
	if got := as(http.MethodGet, "/v1/session", ""); got.status != http.StatusUnauthorized {
		t.Errorf("the cookie from before the password: %d", got.status)
	}
	cookie, _, _ = strings.Cut(chosen.header.Get("Set-Cookie"), ";")
	for _, c := range []struct {
		what, method, path, body string
		status                   int
	}{
		{"a token that is none, beside a session", http.MethodGet, "/v1/projects?token=none", "", http.StatusUnauthorized},
		{"who is signed in", http.MethodGet, "/v1/session", "", http.StatusOK},
		{"projects", http.MethodGet, "/v1/projects", "", http.StatusOK},
		{"numbers of a project by name", http.MethodGet, "/v1/stats?project=ours&by=model", "", http.StatusOK},
		{"numbers of a project by id", http.MethodGet, "/v1/stats?project=" + string(project.Project), "", http.StatusOK},
		{"single items as an analyst", http.MethodGet, "/v1/feedback?project=ours", "", http.StatusForbidden},
		{"the audit log as an analyst", http.MethodGet, "/v1/audit", "", http.StatusForbidden},
		{"the form's words", http.MethodGet, "/v1/form?project=ours&lang=en", "", http.StatusOK},
		{"no project named, of two", http.MethodGet, "/v1/stats", "", http.StatusBadRequest},
		{"a project that is not there", http.MethodGet, "/v1/stats?project=none", "", http.StatusNotFound},
		{"a key as an analyst", http.MethodPost, "/v1/keys?project=ours", `{"kind":"sk"}`, http.StatusForbidden},
		{"settings as an analyst", http.MethodPatch, "/v1/project?project=ours", `{"tags":[]}`, http.StatusForbidden},
		{"members as an analyst", http.MethodGet, "/v1/users", "", http.StatusForbidden},
		{"feedback by session", http.MethodPost, "/v1/feedback?project=ours", `{"response_id":"r","vote":"up"}`, http.StatusForbidden},
	} {
		if got := as(c.method, c.path, c.body); got.status != c.status {
			t.Errorf("%s: %d %s, want %d", c.what, got.status, got.text, c.status)
		}
	}
	if got := as(http.MethodPost, "/v1/events?project=ours", `{"events":[{"type":"signal","response_id":"r","name":"copied"}]}`); got.status != http.StatusForbidden {
		t.Errorf("a session writes events: %s", got.text)
	}
	if got := as(http.MethodDelete, "/v1/session", "", "Sec-Fetch-Site", "cross-site"); got.status != http.StatusForbidden {
		t.Errorf("another site signs out: %d", got.status)
	}
	if got := as(http.MethodDelete, "/v1/session", ""); got.status != http.StatusOK || !strings.Contains(got.header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("sign out: %d, cookie %q", got.status, got.header.Get("Set-Cookie"))
	}
	if got := as(http.MethodGet, "/v1/session", ""); got.status != http.StatusUnauthorized {
		t.Errorf("after signing out: %d", got.status)
	}
	back := call(t, http.MethodPost, server.url+"/v1/session", `{"name":"grace","password":"correct horse battery"}`)
	if back.status != http.StatusCreated || back.body["needs_password"] != false {
		t.Errorf("sign in: %d %s", back.status, back.text)
	}
	wantOwnTries(t, server, back)
}

// wantOwnTries guesses until a name is refused, and comes in where its member was
// before.
func wantOwnTries(t *testing.T, server *process, before answer) {
	t.Helper()
	var device string
	for _, cookie := range before.header.Values("Set-Cookie") {
		if strings.HasPrefix(cookie, "heed-device=") && strings.Contains(cookie, "HttpOnly") {
			device, _, _ = strings.Cut(cookie, ";")
		}
	}
	try := func(password string, headers ...string) int {
		return call(t, http.MethodPost, server.url+"/v1/session", `{"name":"grace","password":"`+password+`"}`, headers...).status
	}
	for range 10 {
		try("incorrect horse battery")
	}
	if got := try("correct horse battery"); got != http.StatusTooManyRequests {
		t.Errorf("after ten guesses from here: %d", got)
	}
	if got := try("correct horse battery", "Cookie", device); got != http.StatusCreated {
		t.Errorf("after ten guesses, in the browser that was here before (%q): %d", device, got)
	}
}

// TestFirstAdmin: the link of the first admin is printed once, and not to the
// log.
func TestFirstAdmin(t *testing.T) {
	dir := t.TempDir()
	start := func() (said string, log string) {
		cmd := heedCommand("serve", "--data", dir, "--listen", "127.0.0.1:0")
		var out strings.Builder
		var errs readyLog
		errs.ready = make(chan struct{})
		cmd.Stdout, cmd.Stderr = &out, &errs
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		select {
		case <-errs.ready:
		case <-time.After(patience):
			t.Errorf("heed serve is not ready after %v", patience)
		}
		_ = cmd.Process.Signal(syscall.SIGINT)
		_ = cmd.Wait()
		return out.String(), errs.String()
	}
	said, log := start()
	if !strings.Contains(said, "/enter#") || strings.Contains(log, "enter#") {
		t.Errorf("first start says %q and logs %s", said, log)
	}
	if said, _ := start(); strings.Contains(said, "/enter#") {
		t.Errorf("second start says %q", said)
	}
}

// readyLog keeps a log and tells when it says that the server is ready.
type readyLog struct {
	strings.Builder
	ready chan struct{}
	once  sync.Once
}

func (l *readyLog) Write(p []byte) (int, error) {
	n, err := l.Builder.Write(p)
	if strings.Contains(l.String(), `"msg":"ready"`) {
		l.once.Do(func() { close(l.ready) })
	}
	return n, err
}

// TestRoles: who may gives roles, over HTTP and at the command line, and they
// hold from the next call on; owners are beyond an admin's reach.
func TestRoles(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	createProject(t, dir, "ours")
	admin, adminID := enter(t, server.url, dir, "ada", "admin")
	grace, graceID := enter(t, server.url, dir, "grace", "analyst")
	_, ownerID := enter(t, server.url, dir, "olga", "owner")
	for _, c := range []struct {
		what, cookie, method, path, body string
		status                           int
	}{
		{"keys as an analyst", grace, http.MethodGet, "/v1/keys", "", http.StatusForbidden},
		{"a role that is none", admin, http.MethodPatch, "/v1/users/" + graceID, `{"role":"emperor"}`, http.StatusBadRequest},
		{"a member that is none", admin, http.MethodPatch, "/v1/users/usr_none", `{"role":"analyst"}`, http.StatusNotFound},
		{"making a developer", admin, http.MethodPatch, "/v1/users/" + graceID, `{"role":"developer"}`, http.StatusOK},
		{"keys as a developer", grace, http.MethodGet, "/v1/keys", "", http.StatusOK},
		{"a key that reads texts as a developer", grace, http.MethodPost, "/v1/keys", `{"kind":"sk","scope":"read"}`, http.StatusForbidden},
		{"a key that does everything as a developer", grace, http.MethodPost, "/v1/keys", `{"kind":"sk"}`, http.StatusForbidden},
		{"a key that writes as a developer", grace, http.MethodPost, "/v1/keys", `{"kind":"sk","scope":"write"}`, http.StatusCreated},
		{"roles as a developer", grace, http.MethodPatch, "/v1/users/" + graceID, `{"role":"admin"}`, http.StatusForbidden},
		{"making an owner as an admin", admin, http.MethodPatch, "/v1/users/" + adminID, `{"role":"owner"}`, http.StatusForbidden},
		{"unmaking an owner as an admin", admin, http.MethodPatch, "/v1/users/" + ownerID, `{"role":"analyst"}`, http.StatusForbidden},
		{"removing an owner as an admin", admin, http.MethodDelete, "/v1/users/" + ownerID, "", http.StatusForbidden},
		{"inviting an owner as an admin", admin, http.MethodPost, "/v1/users", `{"name":"eve","role":"owner"}`, http.StatusForbidden},
		{"inviting an auditor", admin, http.MethodPost, "/v1/users", `{"name":"eve","role":"auditor"}`, http.StatusCreated},
	} {
		if got := call(t, c.method, server.url+c.path, c.body, "Cookie", c.cookie); got.status != c.status {
			t.Errorf("%s: %d %s, want %d", c.what, got.status, got.text, c.status)
		}
	}
	if out, errs, status := runHeed(t, "user", "role", "grace", "auditor", "--data", dir); status != 0 || !strings.Contains(out, "grace is now auditor") {
		t.Fatalf("user role: %s%s", out, errs)
	}
	session := call(t, http.MethodGet, server.url+"/v1/session", "", "Cookie", grace)
	if !strings.Contains(session.text, `"may":["open","session","privacy","audit","checkpoint"]`) {
		t.Errorf("what an auditor may: %s", session.text)
	}
	log := call(t, http.MethodGet, server.url+"/v1/audit?action=member.role_changed", "", "Cookie", grace)
	if log.status != http.StatusOK || !strings.Contains(log.text, `"from":"analyst","role":"developer"`) || !strings.Contains(log.text, `"from":"developer","role":"auditor"`) {
		t.Errorf("the audit log has %s", log.text)
	}
}
