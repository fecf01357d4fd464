package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// newer speaks by what came after the first ways in: Slack, GitHub, agents, what
// became of feedback, and what members write about the person.
func (w *everyWay) newer(t *testing.T) {
	t.Helper()
	w.slack(t)
	w.agents(t)
	w.members(t)
	mark := url.QueryEscape(markSaid)
	token := bearer(mint(t, w.project.SecretKey, "n-1", "--user", markUser))
	w.send(t, 200, "POST", "/v1/followups", fmt.Sprintf(`{"responses":[%q],"shown":true}`, markMail), token...)
	w.send(t, 200, "POST", "/v1/followups", fmt.Sprintf(`{"feedback":[%q]}`, markSaid), w.sk...)
	for _, c := range []struct {
		status             int
		method, path, body string
	}{
		{400, "POST", "/v1/followups", fmt.Sprintf(`{"feedback":{%q:1}}`, markMail)},
		{404, "POST", "/v1/integrations/github/" + mark, fmt.Sprintf(`{"action":%q}`, markSaid)},
		{404, "POST", "/v1/integrations/slack/" + mark, "payload=" + mark},
		{400, "PUT", "/v1/integrations/github", fmt.Sprintf(`{"repository":%q,"token":%q}`, markMail, markSecret)},
		{400, "PUT", "/v1/integrations/slack", fmt.Sprintf(`{"signing_secret":%q}`, markSaid)},
		{400, "POST", "/v1/findings", fmt.Sprintf(`{%q:1}`, markMail)},
		{400, "POST", "/v1/datasets", fmt.Sprintf(`{"name":"x","purpose":%q}`, markMail)},
		{400, "POST", "/v1/alerts", fmt.Sprintf(`{"name":"x","rule":{"measure":%q}}`, markMail)},
		{400, "POST", "/v1/endpoints", fmt.Sprintf(`{"name":"x","kind":"webhook","url":%q,"events":[%q]}`, markSaid, markMail)},
		{400, "POST", "/v1/reviews/" + mark + "/decisions", fmt.Sprintf(`{%q:1}`, markMail)},
		{404, "GET", "/v1/findings/" + mark, ""},
		{404, "GET", "/v1/inbox/items/" + mark, ""},
		{400, "GET", "/v1/inbox?cursor=" + mark, ""},
		{404, "GET", "/v1/datasets/" + mark, ""},
		{404, "GET", "/v1/alerts/" + mark, ""},
		{404, "GET", "/v1/reviews/" + mark, ""},
		{404, "GET", "/v1/endpoints/" + mark, ""},
		{404, "GET", "/published/" + mark, ""},
		{400, "GET", "/widget/preview/" + mark + "/v1/form", ""},
	} {
		w.send(t, c.status, c.method, c.path, c.body, w.sk...)
	}
}

// slack votes and gives a reason there. The person is another one to Heed, so that
// the words by which an erasure is looked for are left out.
func (w *everyWay) slack(t *testing.T) {
	t.Helper()
	made := w.send(t, 200, "PUT", "/v1/integrations/slack", fmt.Sprintf(`{"signing_secret":%q,"bot_token":%q}`, slackSecret, slackToken), w.sk...)
	path, _ := made.body["path"].(string)
	said := strings.ReplaceAll(markSaid, markWord, "x")
	user := map[string]any{"id": "U" + markMail, "team_id": "T1", "username": markMail, "name": markUser}
	clicked := click("U1", buttonValue("n-slack", "down"))
	clicked["user"], clicked["message"] = user, map[string]any{"text": said, "user": markUser}
	for _, payload := range []map[string]any{clicked, {"type": "view_submission", "user": user, "view": map[string]any{
		"callback_id": "heed_reason", "private_metadata": `{"response_id":"n-slack"}`, "title": said, "state": map[string]any{"values": map[string]any{
			"tags":    map[string]any{"tags": map[string]any{"selected_options": []any{map[string]any{"value": markMail}}}},
			"comment": map[string]any{"comment": map[string]any{"value": said}},
		}},
	}}, {"type": said, "user": user}, {"type": "view_submission", "user": user, "view": map[string]any{"callback_id": "heed_reason", "private_metadata": said}}} {
		text, err := json.Marshal(payload)
		if err != nil {
			t.Fatal(err)
		}
		status := http.StatusOK
		if view, ok := payload["view"].(map[string]any); ok && view["private_metadata"] == said {
			status = http.StatusBadRequest
		}
		body, headers := signed(slackSecret, "payload="+url.QueryEscape(string(text)), time.Now())
		w.send(t, status, "POST", path, body, headers...)
	}
}

// agents call tools by the Model Context Protocol, wrongly for the most part: of what
// they sent, nothing comes back but the id of the call.
func (w *everyWay) agents(t *testing.T) {
	t.Helper()
	said := fmt.Sprintf("%q", markSaid)
	for _, c := range []struct {
		status int
		body   string
	}{
		{200, `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":` + said + `,"capabilities":{},"clientInfo":{"name":` + said + `,"version":` + said + `}}}`},
		{200, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":` + said + `}}`},
		{200, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":` + said + `}`},
		{200, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_findings","arguments":{"state":` + said + `,` + said + `:1}}}`},
		{200, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_finding","arguments":{"id":` + said + `}}}`},
		{200, `{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":` + said + `}}`},
		{200, `{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":` + said + `}}`},
		{200, `{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":` + said + `},"argument":{"name":` + said + `}}}`},
		{400, `{"jsonrpc":"2.0","id":1,"method":` + said + `}`},
		{400, `{"jsonrpc":` + said + `,"id":1,"method":"tools/list"}`},
		{400, `{` + markSaid},
		{400, markSaid},
	} {
		got := w.send(t, c.status, "POST", "/mcp", c.body, append(w.sk, "Content-Type", jsonOf, "Accept", jsonOf+", text/event-stream")...)
		if strings.Contains(got.text, markWord) {
			t.Errorf("an agent is told what it sent: %s", got.text)
		}
	}
}

// members write about the person, as they would copy it out of a mail.
func (w *everyWay) members(t *testing.T) {
	t.Helper()
	said := strings.ReplaceAll(markSaid, markWord, "x")
	made := w.send(t, 201, "POST", "/v1/findings", fmt.Sprintf(`{"title":%q}`, said[:100]), w.sk...)
	finding, _ := made.body["id"].(string)
	w.send(t, 201, "POST", "/v1/findings/"+finding+"/notes", fmt.Sprintf(`{"text":%q}`, said), w.sk...)
	now := w.send(t, 200, "GET", "/v1/findings/"+finding, "", w.sk...)
	w.send(t, 200, "PATCH", "/v1/findings/"+finding, fmt.Sprintf(`{"version":%v,"public":%q}`, now.body["version"], said), w.sk...)
	w.send(t, 201, "POST", "/v1/inbox/views", fmt.Sprintf(`{"name":%q,"query":""}`, markMail), w.sk...)
	w.send(t, 201, "POST", "/v1/alerts", fmt.Sprintf(`{"name":%q,"rule":{"measure":"unsafe","hours":24}}`, markMail), w.sk...)
	w.send(t, 201, "POST", "/v1/datasets", fmt.Sprintf(`{"name":%q,"purpose":"evaluation","license":%q}`, markMail, markMail), w.sk...)
	review := w.send(t, 201, "POST", "/v1/reviews", "", w.sk...)
	id, _ := review.body["id"].(string)
	w.send(t, 201, "POST", "/v1/reviews/"+id+"/decisions", fmt.Sprintf(`{"version":%v,"text":%q,"new":{}}`, review.body["version"], said), w.sk...)
	// What a reviewer answers is under the person's key, and goes with them.
	given := w.send(t, 201, "POST", "/v1/feedback", fmt.Sprintf(`{"id":"n-answered","response_id":"n-answered","vote":"down","user":%q}`, markUser), w.sk...)
	if given.body["id"] != "n-answered" {
		t.Fatal(given.text)
	}
	eventually(t, func() string {
		item := call(t, "GET", w.server.url+"/v1/inbox/items/n-answered", "", w.sk...)
		got := call(t, "PATCH", w.server.url+"/v1/inbox/items/n-answered", fmt.Sprintf(`{"version":%v,"answer":%q}`, item.body["version"], markSaid), w.sk...)
		if got.status != http.StatusOK || !strings.Contains(got.text, `"has_answer":true`) {
			return got.text
		}
		return ""
	})
}
