package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// channel takes what an incoming webhook of Slack does.
type channel struct {
	*httptest.Server
	mu   sync.Mutex
	said []string
}

func openChannel(t *testing.T) *channel {
	c := &channel{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var m struct {
			Text   string
			Blocks []struct{ Text struct{ Text string } }
		}
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil || len(m.Blocks) == 0 {
			t.Errorf("a message of %d blocks (%v)", len(m.Blocks), err)
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.said = append(c.said, m.Blocks[0].Text.Text)
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *channel) lines() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string{}, c.said...)
}

// TestAlertsOnce: alerts that fire at once are one message, by Slack and by mail; a
// server that is killed and started again says nothing twice.
func TestAlertsOnce(t *testing.T) {
	dir, slack, mails := t.TempDir(), openChannel(t), openMailbox(t)
	config := privateOutbound(t, fmt.Sprintf("smtp: {host: 127.0.0.1, port: %d, from: heed@example.com, tls: none}\n", mails.port))
	project := createProject(t, dir, "p")
	server := serve(t, dir, "--config", config)
	key := project.SecretKey
	endpointOf(t, server.url, key, fmt.Sprintf(`{"name":"channel","kind":"slack","url":%q,"events":["alert.*"]}`, slack.URL))
	endpointOf(t, server.url, key, `{"name":"on call","kind":"email","to":["ada@example.com"],"events":["alert.fired"]}`)
	for i := range 40 {
		post(t, server.url+"/v1/feedback", fmt.Sprintf(`{"id":"f%d","response_id":"r%d","vote":"down","tags":["unsafe"],"comment":"canary","user":"u%d"}`, i, i, i), key)
	}
	for _, rule := range []string{
		`{"name":"votes <!channel>","rule":{"measure":"down_share","threshold":0.3,"minimum":30,"hours":24}}`,
		`{"name":"unsafe","rule":{"measure":"unsafe","hours":24}}`,
		`{"name":"few","rule":{"measure":"down_share","threshold":0.3,"minimum":41,"hours":24}}`,
	} {
		post(t, server.url+"/v1/alerts", rule, key)
	}
	stored(t, server.url)
	for range 3 { // the first round is when the server starts
		server.kill()
		server = serve(t, dir, "--config", config)
		eventually(t, func() string {
			if n, m := len(slack.lines()), len(mails.all()); n != 1 || m != 1 {
				return fmt.Sprintf("%d messages and %d mails", n, m)
			}
			return ""
		})
		// A kill before an outcome is written down has it sent again, as it must be.
		eventually(t, func() string { return toldAndJudged(t, server.url, key) })
		time.Sleep(300 * time.Millisecond)
	}
	said := slack.lines()[0]
	if !strings.HasPrefix(said, "*2 alerts: ") || !strings.Contains(said, "100.0 % of 40 votes") || !strings.Contains(said, "40 pieces of feedback") ||
		!strings.Contains(said, "votes &lt;!channel&gt;") || strings.Contains(said, "canary") {
		t.Errorf("%q", said)
	}
	if text := mails.all()[0]; strings.Contains(text, "canary") || !strings.Contains(text, "Subject: 2 alerts: ") {
		t.Errorf("%s", text)
	}
	stdout, stderr, status := runHeedWith(t, []string{"HEED_URL=" + server.url, "HEED_KEY=" + key}, "alert", "list")
	if status != 0 || strings.Count(stdout, "firing") != 2 || strings.Count(stdout, "  ok  ") != 1 {
		t.Errorf("%d %s %s", status, stdout, stderr)
	}
}

// toldAndJudged says which delivery has no outcome yet, or which alert was not judged
// since the server started.
func toldAndJudged(t *testing.T, server, key string) string {
	t.Helper()
	endpoints := call(t, http.MethodGet, server+"/v1/endpoints", "", bearer(key)...).body["items"].([]any)
	for _, e := range endpoints {
		got := call(t, http.MethodGet, server+"/v1/endpoints/"+e.(map[string]any)["id"].(string)+"/deliveries", "", bearer(key)...)
		if items, _ := got.body["items"].([]any); len(items) != 1 || items[0].(map[string]any)["state"] != "delivered" {
			return got.text
		}
	}
	alerts := call(t, http.MethodGet, server+"/v1/alerts", "", bearer(key)...)
	for _, a := range alerts.body["items"].([]any) {
		if a.(map[string]any)["reading"] == nil {
			return alerts.text
		}
	}
	return ""
}

// TestMailServerDown: what the mail server does not take is kept over a restart and
// sent when it is back, once.
func TestMailServerDown(t *testing.T) {
	dir, mails := t.TempDir(), openMailbox(t)
	mails.refuse(true)
	config := privateOutbound(t, fmt.Sprintf("smtp: {host: 127.0.0.1, port: %d, from: heed@example.com, tls: none}\n", mails.port))
	project := createProject(t, dir, "p")
	server := serve(t, dir, "--config", config)
	environ := []string{"HEED_URL=" + server.url, "HEED_KEY=" + project.SecretKey}
	stdout, stderr, status := runHeedWith(t, environ, "endpoint", "create", "on call", "--kind", "email", "--to", "ada@example.com,bob@other.example", "--events", "finding.created", "--json")
	var made struct{ ID string }
	if err := json.Unmarshal([]byte(stdout), &made); err != nil || status != 0 {
		t.Fatal(status, stdout, stderr)
	}
	post(t, server.url+"/v1/findings", `{"title":"Opening hours are made up"}`, project.SecretKey)
	deliveries := func() []any {
		got := call(t, http.MethodGet, server.url+"/v1/endpoints/"+made.ID+"/deliveries", "", bearer(project.SecretKey)...)
		items, _ := got.body["items"].([]any)
		return items
	}
	eventually(t, func() string {
		if all := deliveries(); len(all) != 1 || all[0].(map[string]any)["outcome"] != "refused" || all[0].(map[string]any)["state"] != "waiting" {
			return fmt.Sprint(all)
		}
		return ""
	})
	server.kill()
	mails.refuse(false)
	server = serve(t, dir, "--config", config)
	environ[0] = "HEED_URL=" + server.url
	if stdout, stderr, status := runHeedWith(t, environ, "endpoint", "on", made.ID); status != 0 { // not in five minutes, now
		t.Fatal(status, stdout, stderr)
	}
	eventually(t, func() string {
		if all := deliveries(); len(all) != 1 || all[0].(map[string]any)["state"] != "delivered" {
			return fmt.Sprint(all)
		}
		return ""
	})
	if all := mails.all(); len(all) != 1 || !strings.Contains(all[0], "Opening hours are made up") {
		t.Errorf("%d mails: %v", len(all), all)
	}
	if stdout, _, status := runHeedWith(t, environ, "endpoint", "log", made.ID); status != 0 || !strings.Contains(stdout, "finding.created") || !strings.Contains(stdout, "delivered") {
		t.Errorf("%d %s", status, stdout)
	}
}

// TestAlertEnded: an alert that has ended says so to who changes it, and is changed
// no more.
func TestAlertEnded(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	key := createProject(t, dir, "p").SecretKey
	made := call(t, http.MethodPost, server.url+"/v1/alerts", `{"name":"unsafe","rule":{"measure":"unsafe","hours":24}}`, bearer(key)...)
	path := server.url + "/v1/alerts/" + made.body["id"].(string)
	if got := call(t, http.MethodDelete, path, "", bearer(key)...); got.status != http.StatusOK {
		t.Fatal(got.status, got.text)
	}
	for what, got := range map[string]answer{
		"to end it again": call(t, http.MethodDelete, path, "", bearer(key)...),
		"to change it":    call(t, http.MethodPatch, path, `{"version":2,"name":"other"}`, bearer(key)...),
		"to snooze it":    call(t, http.MethodPost, path+"/snooze", `{"hours":1}`, bearer(key)...),
	} {
		if got.status != http.StatusConflict || !strings.Contains(got.text, "this alert has ended") {
			t.Errorf("%s: %d %s", what, got.status, got.text)
		}
	}
	if got := call(t, http.MethodGet, path, "", bearer(key)...); got.status != http.StatusOK || len(got.body["history"].([]any)) != 2 {
		t.Errorf("its history: %d %s", got.status, got.text)
	}
}

// TestErasedIsNotTold: feedback that waits for an endpoint which was down is erased
// with its person, and is never told.
func TestErasedIsNotTold(t *testing.T) {
	dir, hooks := t.TempDir(), receive(t)
	hooks.answer, hooks.after = func(int) int { return http.StatusServiceUnavailable }, "3600" // so that nothing is under way when it takes them
	server := serve(t, dir, "--config", privateOutbound(t, ""))
	project := createProject(t, dir, "p")
	key := project.SecretKey
	id, secret := endpointOf(t, server.url, key, fmt.Sprintf(`{"name":"ours","kind":"webhook","url":%q,"events":["feedback.*"]}`, hooks.URL))
	hooks.secrets = []string{secret}
	post(t, server.url+"/v1/feedback", `{"id":"theirs","response_id":"r1","vote":"down","user":"u-erased"}`, key)
	post(t, server.url+"/v1/feedback", `{"id":"other","response_id":"r2","vote":"down","user":"u-other"}`, key)
	deliveries := server.url + "/v1/endpoints/" + id + "/deliveries"
	eventually(t, func() string {
		if got := call(t, http.MethodGet, deliveries, "", bearer(key)...); len(got.body["items"].([]any)) != 2 || !strings.Contains(got.text, `"outcome":"refused"`) {
			return got.text
		}
		return ""
	})
	erasure := call(t, http.MethodPost, server.url+"/v1/erasures", `{"user":"u-erased"}`, bearer(key)...)
	if erasure.status >= 300 {
		t.Fatal(erasure.text)
	}
	eventually(t, func() string {
		if got := call(t, http.MethodGet, server.url+"/v1/erasures/"+erasure.body["id"].(string), "", bearer(key)...); got.body["status"] != "done" {
			return got.text
		}
		return ""
	})
	hooks.mu.Lock()
	hooks.answer = nil
	hooks.mu.Unlock()
	now := call(t, http.MethodGet, server.url+"/v1/endpoints/"+id, "", bearer(key)...)
	if got := call(t, http.MethodPatch, server.url+"/v1/endpoints/"+id, fmt.Sprintf(`{"version":%v,"state":"active"}`, now.body["version"]), bearer(key)...); got.status != 200 {
		t.Fatal(got.text)
	}
	eventually(t, func() string {
		got := call(t, http.MethodGet, deliveries, "", bearer(key)...)
		if strings.Count(got.text, `"state":"void"`) != 1 || strings.Count(got.text, `"state":"delivered"`) != 1 {
			return got.text
		}
		return ""
	})
	for _, b := range hooks.taken() {
		if b.Data["id"] != "other" {
			t.Errorf("told %v", b.Data)
		}
	}
}

// mailbox is a mail server of this machine.
type mailbox struct {
	port int

	mu      sync.Mutex
	mails   []string
	refuses bool
}

func openMailbox(t *testing.T) *mailbox {
	t.Helper()
	m := &mailbox{}
	server := smtp.NewServer(m)
	server.Domain = "localhost"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.port = listener.Addr().(*net.TCPAddr).Port
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return m
}

func (m *mailbox) refuse(yes bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refuses = yes
}

func (m *mailbox) all() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string{}, m.mails...)
}

func (m *mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return m, nil }
func (m *mailbox) Reset()                                      {}
func (m *mailbox) Logout() error                               { return nil }
func (m *mailbox) Rcpt(string, *smtp.RcptOptions) error        { return nil }
func (m *mailbox) Mail(string, *smtp.MailOptions) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.refuses {
		return &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "down for the day"}
	}
	return nil
}

func (m *mailbox) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mails = append(m.mails, string(text))
	return err
}
