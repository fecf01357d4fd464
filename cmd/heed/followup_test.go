package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestFollowUp: whoever spoke learns what became of it, by what they hold and
// nothing else, and learns nothing else.
func TestFollowUp(t *testing.T) {
	w := newFindingWorld(t)
	const origin = "https://app.example.com"
	project := createProject(t, w.dir, "told", "--origin", origin)
	other := createProject(t, w.dir, "other", "--origin", origin)
	page := append(bearer(project.PublishableKey), "Origin", origin)
	server := bearer(project.SecretKey)
	token := mint(t, project.SecretKey, "mail-1")
	holder := bearer(token)
	member := func(status int, method, path, body string) map[string]any {
		t.Helper()
		return w.want(status, method, path+"?project="+string(project.Project), body)
	}

	for _, given := range []struct {
		body string
		by   []string
	}{
		{`{"id":"w1","response_id":"r1","vote":"down","tags":["incorrect"]}`, page},
		{`{"id":"w2","response_id":"r2","vote":"down"}`, page},
		{`{"id":"s1","response_id":"r3","vote":"down","tags":["incorrect"]}`, server},
		{`{"id":"ignored","vote":"down","tags":["incorrect"]}`, holder},
	} {
		if got := call(t, http.MethodPost, w.server.url+"/v1/feedback", given.body, given.by...); got.status != http.StatusCreated {
			t.Fatal(got.text)
		}
	}
	// told is what somebody learns, as "id state sentence release".
	told := func(by []string, body string) string {
		t.Helper()
		got := call(t, http.MethodPost, w.server.url+"/v1/followups", body, by...)
		if got.status != http.StatusOK {
			return fmt.Sprint(got.status)
		}
		var list struct{ Items []map[string]string }
		if err := json.Unmarshal([]byte(got.text), &list); err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, one := range list.Items {
			if one["feedback"] != "w1" && one["feedback"] != "w2" && one["feedback"] != "s1" {
				one["feedback"] = "own"
			}
			all = append(all, strings.TrimRight(strings.Join([]string{one["feedback"], one["state"], one["sentence"], one["release"]}, " "), " "))
		}
		return strings.Join(all, "; ")
	}
	check := func(when string, by []string, body, want string) {
		t.Helper()
		eventually(t, func() string {
			if got := told(by, body); got != want {
				return fmt.Sprintf("%s: %s is told %q, want %q", when, body, got, want)
			}
			return ""
		})
	}
	check("before there is a finding", page, `{"feedback":["w1","w2"]}`, "w1 received; w2 received")
	check("before there is a finding", holder, `{}`, "own received")
	finding := "/v1/findings/" + member(http.StatusCreated, http.MethodPost, "/v1/findings",
		`{"title":"Our secret title","selection":{"filter":{"tag":["incorrect"]}},"feedback":[]}`)["id"].(string)
	check("before there is a sentence", page, `{"feedback":["w1"]}`, "w1 received")

	version := 1
	change := func(body string) map[string]any {
		t.Helper()
		version++
		return member(http.StatusOK, http.MethodPatch, finding, fmt.Sprintf(`{"version":%d,%s}`, version-1, body))
	}
	change(`"public":"Hours are wrong. Write to ada@example.com"`)
	const sentence = "Hours are wrong. Write to [EMAIL_1]"
	check("being looked at", page, `{"feedback":["w2","w1","s1","nothing"]}`, "w2 received; w1 looking "+sentence)
	check("being looked at", server, `{"feedback":["s1","w1"]}`, "s1 looking "+sentence+"; w1 looking "+sentence)
	check("being looked at", holder, `{"feedback":["w1"]}`, "own looking "+sentence)
	check("of another answer", holder, `{"responses":["r1","r3"]}`, "")
	check("of answers without end", holder, `{"responses":["`+strings.Repeat("r", 257)+`"]}`, "400")

	// Whom a token names has one voice on every answer.
	ada := func(response string) []string { return bearer(mint(t, project.SecretKey, response, "--user", "ada")) }
	call(t, http.MethodPost, w.server.url+"/v1/feedback", `{"vote":"down","tags":["incorrect"]}`, ada("r8")...)
	check("by the person's next token", ada("r9"), `{"responses":["r8","r9","r1","mail-1"]}`, "own looking "+sentence)
	check("by a token for somebody else", bearer(mint(t, project.SecretKey, "r9", "--user", "eve")), `{"responses":["r8"]}`, "")
	check("of another project", append(bearer(other.PublishableKey), "Origin", origin), `{"feedback":["w1"]}`, "")
	check("from elsewhere", append(bearer(project.PublishableKey), "Origin", "https://canary.example"), `{"feedback":["w1"]}`, "403")
	check("of nothing", page, `{"feedback":[]}`, "400")
	check("of too much", page, `{"feedback":["a`+strings.Repeat(`","a`, 20)+`"]}`, "400")
	check("no JSON", page, `feedback`, "400")
	if got := call(t, http.MethodPost, w.server.url+"/v1/followups", `{"feedback":["w1"]}`, "Cookie", w.cookie); got.status != http.StatusForbidden && got.status != http.StatusUnauthorized {
		t.Errorf("a member: %d %s", got.status, got.text)
	}

	// Who was shown it is counted, and a link that is opened is not.
	for range 2 {
		check("shown", page, `{"feedback":["w1"],"shown":true}`, "w1 looking "+sentence)
	}
	link := call(t, http.MethodGet, w.server.url+"/f/"+token, "")
	if !strings.Contains(link.text, "We are looking into what you told us.") || !strings.Contains(link.text, sentence) || strings.Contains(link.text, "secret title") {
		t.Errorf("the link shows %s", link.text)
	}
	if got := member(http.StatusOK, http.MethodGet, finding, ""); got["shown"] != 1.0 || got["follow_up"].(map[string]any)["state"] != "looking" {
		t.Errorf("shown %v of %v", got["shown"], got["follow_up"])
	}

	change(`"state":"fixed","change":{"name":"release","value":"2026.3<b>"}`)
	check("fixed", page, `{"feedback":["w1"]}`, "w1 fixed "+sentence+" 2026.3<b>")
	if link := call(t, http.MethodGet, w.server.url+"/f/"+token, ""); !strings.Contains(link.text, "is fixed in 2026.3&lt;b&gt;.") {
		t.Errorf("the link shows %s", link.text)
	}
	if got := member(http.StatusOK, http.MethodGet, finding, ""); got["shown"] != 0.0 {
		t.Errorf("%v were shown that it is fixed", got["shown"])
	}
	member(http.StatusOK, http.MethodPost, finding+"/feedback", `{"take":["w1"]}`)
	check("taken away", page, `{"feedback":["w1"]}`, "w1 received")
	change(`"public":null`)
	check("without a sentence again", server, `{"feedback":["s1"]}`, "s1 received")

	// What is taken back is not told of.
	call(t, http.MethodPost, w.server.url+"/f/"+token, url.Values{"whole": {"1"}, "vote": {"none"}}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	check("taken back", holder, `{}`, "")
}
