package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/heed-ai/heed/internal/access"
)

// slackWorld is a server with a Slack app, and a Slack that shows its dialogs.
type slackWorld struct {
	t      *testing.T
	dir    string
	server *process
	keys   newProject
	path   string
	asked  chan map[string]any // what Slack is asked for
	says   string              // what Slack answers
}

const (
	slackSecret = "8f742231b10e8888abcd99yyyzzz85a5"
	slackToken  = "xoxb-1234567890-wombat"
)

func newSlackWorld(t *testing.T) *slackWorld {
	t.Helper()
	w := &slackWorld{t: t, dir: t.TempDir(), asked: make(chan map[string]any, 10), says: `{"ok":true}`}
	slack := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body := map[string]any{"path": r.URL.Path, "authorization": r.Header.Get("Authorization")}
		_ = json.NewDecoder(r.Body).Decode(&body)
		w.asked <- body
		_, _ = io.WriteString(rw, w.says)
	}))
	t.Cleanup(slack.Close)
	file := filepath.Join(t.TempDir(), "heed.yaml")
	if err := os.WriteFile(file, []byte("slack:\n  api: "+slack.URL+"/api\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.keys = createProject(t, w.dir, "p")
	w.server = serve(t, w.dir, "--config", file)
	return w
}

func (w *slackWorld) put(body string, want int) answer {
	w.t.Helper()
	got := call(w.t, http.MethodPut, w.server.url+"/v1/integrations/slack", body, bearer(w.keys.SecretKey)...)
	if got.status != want {
		w.t.Fatalf("%s: %d %s, want %d", body, got.status, got.text, want)
	}
	if path, ok := got.body["path"].(string); ok {
		w.path = path
	}
	return got
}

// signed is what Slack sends, with its headers.
func signed(secret, body string, at time.Time) (string, []string) {
	timestamp := fmt.Sprint(at.Unix())
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + timestamp + ":" + body))
	return body, []string{"Content-Type", "application/x-www-form-urlencoded", "X-Slack-Request-Timestamp", timestamp, "X-Slack-Signature", "v0=" + hex.EncodeToString(mac.Sum(nil))}
}

func (w *slackWorld) sends(payload any) answer {
	w.t.Helper()
	text, err := json.Marshal(payload)
	if err != nil {
		w.t.Fatal(err)
	}
	body, headers := signed(slackSecret, "payload="+url.QueryEscape(string(text)), time.Now())
	return call(w.t, http.MethodPost, w.server.url+w.path, body, headers...)
}

// click is a block_actions payload in Slack's shape.
func click(user, value string) map[string]any {
	now := time.Now()
	return map[string]any{
		"type": "block_actions", "api_app_id": "A1", "trigger_id": "13345224609.738474920.8088930838d88f008e0", "team": map[string]any{"id": "T1", "domain": "acme"},
		"user": map[string]any{"id": user, "username": "ada", "team_id": "T1"}, "channel": map[string]any{"id": "C1"}, "message": map[string]any{"text": "numbat said that"},
		"actions": []any{map[string]any{"type": "feedback_buttons", "action_id": "fb", "block_id": "b", "value": value, "action_ts": fmt.Sprintf("%d.%06d", now.Unix(), now.Nanosecond()/1000)}},
	}
}

func buttonValue(response, vote string) string {
	return `{"response_id":"` + response + `","vote":"` + vote + `"}`
}

// feedback reads all feedback on a response, when there is so much.
func (w *slackWorld) feedback(response string, n int) (items []map[string]any) {
	w.t.Helper()
	eventually(w.t, func() string {
		items = nil
		got := call(w.t, http.MethodGet, w.server.url+"/v1/feedback?limit=100", "", bearer(w.keys.SecretKey)...)
		for _, item := range got.body["items"].([]any) {
			if one := item.(map[string]any); one["response_id"] == response {
				items = append(items, one)
			}
		}
		if len(items) != n {
			return fmt.Sprintf("%d feedback on %s, want %d: %s", len(items), response, n, got.text)
		}
		return ""
	})
	return items
}

// TestSlackButtons: a click votes, a bad one asks for the reason, and the reason
// joins the vote, redacted; people are pseudonyms, and each has one vote.
func TestSlackButtons(t *testing.T) {
	w := newSlackWorld(t)
	w.put(`{"bot_token":"`+slackToken+`"}`, http.StatusBadRequest)
	w.put(`{"signing_secret":"`+slackSecret+`","bot_token":"`+slackToken+`"}`, http.StatusOK)

	if got := w.sends(click("U1", buttonValue("r-1", "down"))); got.status != http.StatusOK || got.text != "" {
		t.Fatalf("a click: %d %s", got.status, got.text)
	}
	asked := <-w.asked
	view := asked["view"].(map[string]any)
	if asked["path"] != "/api/views.open" || asked["authorization"] != "Bearer "+slackToken || asked["trigger_id"] == "" || view["callback_id"] != "heed_reason" {
		t.Errorf("Slack is asked %v", asked)
	}
	vote := w.feedback("r-1", 1)[0]
	if vote["vote"] != "down" || vote["surface"] != "slack" || vote["trust"] != "server" {
		t.Errorf("the vote is %v", vote)
	}
	reason := map[string]any{
		"type": "view_submission", "team": map[string]any{"id": "T1"}, "user": map[string]any{"id": "U1", "team_id": "T1"},
		"view": map[string]any{"callback_id": "heed_reason", "private_metadata": view["private_metadata"], "state": map[string]any{"values": map[string]any{
			"tags":    map[string]any{"tags": map[string]any{"type": "checkboxes", "selected_options": []any{map[string]any{"value": "incorrect"}, map[string]any{"value": "unsafe"}}}},
			"comment": map[string]any{"comment": map[string]any{"type": "plain_text_input", "value": "Ask jo@example.com <!channel>"}},
		}}},
	}
	if got := w.sends(reason); got.status != http.StatusOK || got.text != "" {
		t.Fatalf("a reason: %d %s", got.status, got.text)
	}
	eventually(t, func() string {
		got := w.feedback("r-1", 1)[0]
		if got["id"] != vote["id"] || got["comment"] != "Ask [EMAIL_1] <!channel>" || fmt.Sprint(got["tags"]) != "[incorrect unsafe]" || got["vote"] != "down" {
			return fmt.Sprint(got)
		}
		return ""
	})
	// Others vote for themselves, and each can think again. What was sent before does
	// not count again, however its signature is written.
	w.sends(click("U2", buttonValue("r-1", "up")))
	text, err := json.Marshal(click("U1", buttonValue("r-1", "down")))
	if err != nil {
		t.Fatal(err)
	}
	body, headers := signed(slackSecret, "payload="+url.QueryEscape(string(text)), time.Now())
	call(t, http.MethodPost, w.server.url+w.path, body, headers...)
	w.sends(click("U1", buttonValue("r-1", "up")))
	for _, signature := range []string{headers[5], strings.ToUpper(headers[5][3:])} {
		headers[5] = "v0=" + strings.TrimPrefix(signature, "v0=")
		if got := call(t, http.MethodPost, w.server.url+w.path, body, headers...); got.status != http.StatusOK {
			t.Errorf("the same again: %d %s", got.status, got.text)
		}
	}
	eventually(t, func() string {
		for _, one := range w.feedback("r-1", 2) {
			if one["vote"] != "up" {
				return fmt.Sprint(one)
			}
		}
		return ""
	})
	// The person is found by the name that the documentation tells.
	erased := call(t, http.MethodPost, w.server.url+"/v1/erasures", `{"user":"slack:T1:U1"}`, bearer(w.keys.SecretKey)...)
	if erased.status != http.StatusAccepted {
		t.Errorf("erasure: %d %s", erased.status, erased.text)
	}
	if got := call(t, http.MethodGet, w.server.url+"/v1/integrations/slack", "", bearer(w.keys.SecretKey)...); strings.Contains(got.text, slackSecret) || strings.Contains(got.text, "xoxb") || got.body["has_bot_token"] != true {
		t.Errorf("the app is told as %s", got.text)
	}
	if status := w.server.stop(t); status != 0 {
		t.Errorf("exit status %d", status)
	}
	for _, secret := range []string{slackSecret, "wombat", "numbat", "slack:T1", "jo@example"} {
		findInFiles(t, w.dir, secret)
		if strings.Contains(w.server.log.String(), secret) {
			t.Errorf("the log has %q", secret)
		}
	}
}

// TestSlackToken: a feedback token in the value says which response it is and what
// may be done.
func TestSlackToken(t *testing.T) {
	w := newSlackWorld(t)
	w.put(`{"signing_secret":"`+slackSecret+`","bot_token":"`+slackToken+`"}`, http.StatusOK)
	token := func(key string, acts access.Acts) string {
		minted, err := access.Mint(key, access.Claims{ResponseID: "r-t", Acts: acts, IssuedAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		return minted
	}
	ours, theirs := w.keys.SecretKey, createProject(t, w.dir, "theirs").SecretKey
	value := func(token string) string { return `{"token":"` + token + `","vote":"down"}` }
	for _, user := range []string{"U1", "U2"} {
		if got := w.sends(click(user, value(token(ours, access.EveryAct)))); got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.text)
		}
		<-w.asked
	}
	w.feedback("r-t", 2) // one each, though the token may be the same
	if got := w.sends(click("U3", value(token(ours, access.ActRate)))); got.status != http.StatusOK {
		t.Errorf("a token for votes alone: %d %s", got.status, got.text)
	}
	select {
	case asked := <-w.asked:
		t.Errorf("a token for votes alone: Slack is asked %v", asked)
	default:
	}
	for name, bad := range map[string]string{"of another project": token(theirs, access.EveryAct), "damaged": token(ours, access.EveryAct) + "x", "for another act": token(ours, access.ActComment), "a publishable key": w.keys.PublishableKey} {
		if got := w.sends(click("U4", value(bad))); got.status != http.StatusUnauthorized && got.status != http.StatusForbidden {
			t.Errorf("a token %s: %d %s", name, got.status, got.text)
		}
	}
	w.feedback("r-t", 3)
}

// TestSlackRefuses: what Slack did not sign is not taken; what is not Heed's is left
// alone; the same call again changes nothing; and a Slack that fails costs no vote.
func TestSlackRefuses(t *testing.T) {
	w := newSlackWorld(t)
	w.put(`{"signing_secret":"short"}`, http.StatusBadRequest)
	w.put(`{"signing_secret":"`+slackSecret+`","bot_token":"xoxp-not-a-bot"}`, http.StatusBadRequest)
	w.put(`{"signing_secret":"`+slackSecret+`","app":"x"}`, http.StatusBadRequest)
	w.put(`{"signing_secret":"`+slackSecret+`"}`, http.StatusOK)
	payload, _ := json.Marshal(click("U1", buttonValue("r-2", "up")))
	body := "payload=" + url.QueryEscape(string(payload))
	post := func(path, body string, headers []string) answer {
		return call(t, http.MethodPost, w.server.url+path, body, headers...)
	}
	_, good := signed(slackSecret, body, time.Now())
	_, old := signed(slackSecret, body, time.Now().Add(-6*time.Minute))
	_, other := signed("another secret", body, time.Now())
	for name, c := range map[string]struct {
		got  answer
		want int
	}{
		"unsigned":           {post(w.path, body, nil), http.StatusUnauthorized},
		"another secret":     {post(w.path, body, other), http.StatusUnauthorized},
		"too old":            {post(w.path, body, old), http.StatusUnauthorized},
		"another body":       {post(w.path, body+"&x=1", good), http.StatusUnauthorized},
		"another app":        {post("/v1/integrations/slack/slk_none", body, good), http.StatusNotFound},
		"too large":          {post(w.path, strings.Repeat("x", 600<<10), good), http.StatusRequestEntityTooLarge},
		"the secret key too": {post(w.path, body, append(bearer(w.keys.SecretKey), "X-Slack-Signature", "v0=00")), http.StatusUnauthorized},
	} {
		if c.got.status != c.want {
			t.Errorf("%s: %d %s, want %d", name, c.got.status, c.got.text, c.want)
		}
	}
	for name, payload := range map[string]any{
		"another button":       map[string]any{"type": "block_actions", "user": map[string]any{"id": "U1"}, "actions": []any{map[string]any{"type": "button", "value": buttonValue("r-2", "up")}}},
		"feedback of another":  click("U1", `{"r":"resp_1","v":1}`),
		"a value that is none": click("U1", "wombat"),
		"no vote":              click("U1", `{"response_id":"r-2","vote":"maybe"}`),
		"another dialog":       map[string]any{"type": "view_submission", "user": map[string]any{"id": "U1"}, "view": map[string]any{"callback_id": "theirs"}},
		"a shortcut":           map[string]any{"type": "shortcut"},
	} {
		if got := w.sends(payload); got.status != http.StatusOK || got.text != "" {
			t.Errorf("%s: %d %s", name, got.status, got.text)
		}
	}
	if got := w.sends(map[string]any{"type": "block_actions", "actions": []any{map[string]any{"type": "feedback_buttons", "value": buttonValue("r-2", "up")}}}); got.status != http.StatusBadRequest {
		t.Errorf("nobody clicked: %d %s", got.status, got.text)
	}
	// Somebody records a call and sends it again when its person has changed their mind.
	recorded, headers := signed(slackSecret, body, time.Now())
	if got := post(w.path, recorded, headers); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.text)
	}
	w.sends(click("U1", buttonValue("r-2", "down")))
	if got := post(w.path, recorded, headers); got.status != http.StatusOK {
		t.Errorf("again: %d %s", got.status, got.text)
	}
	eventually(t, func() string {
		if got := w.feedback("r-2", 1)[0]; got["vote"] != "down" {
			return "a call that was sent again counted: " + fmt.Sprint(got)
		}
		return ""
	})
	select {
	case asked := <-w.asked:
		t.Errorf("without a bot token Slack is asked %v", asked)
	default:
	}
	// A Slack that says no, or nothing, costs no vote.
	w.put(`{"bot_token":"`+slackToken+`"}`, http.StatusBadRequest) // of which version
	w.put(`{"version":1,"bot_token":"`+slackToken+`"}`, http.StatusOK)
	if got := w.put(`{"version":1,"bot_token":""}`, http.StatusConflict); !strings.Contains(got.text, "meanwhile") {
		t.Errorf("the second of two who change it: %s", got.text)
	}
	if got := w.put(`{"signing_secret":"`+slackSecret+`","version":0}`, http.StatusConflict); !strings.Contains(got.text, "meanwhile") {
		t.Errorf("who thinks that there is none: %s", got.text)
	}
	w.says = `{"ok":false,"error":"expired_trigger_id"}`
	if got := w.sends(click("U5", buttonValue("r-3", "down"))); got.status != http.StatusOK {
		t.Errorf("Slack said no: %d %s", got.status, got.text)
	}
	<-w.asked
	w.feedback("r-3", 1)
	if got := w.put(`{"version":2,"bot_token":""}`, http.StatusOK); got.body["version"] != 3.0 || got.body["has_bot_token"] != false {
		t.Errorf("without its token: %s", got.text)
	}
	if got := call(t, http.MethodDelete, w.server.url+"/v1/integrations/slack", "", bearer(w.keys.SecretKey)...); got.status != http.StatusOK {
		t.Errorf("taken away: %d %s", got.status, got.text)
	}
	if got := w.sends(click("U1", buttonValue("r-2", "up"))); got.status != http.StatusNotFound {
		t.Errorf("after it was taken away: %d %s", got.status, got.text)
	}
	w.server.stop(t)
	if !strings.Contains(w.server.log.String(), "expired_trigger_id") {
		t.Error("the log does not say that Slack showed no dialog")
	}
}
