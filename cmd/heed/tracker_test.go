package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestIssueOfAFinding: with a tracker set, a finding tells where a new issue of it
// is filled in, without what people wrote; who set it is in the audit log.
func TestIssueOfAFinding(t *testing.T) {
	w := newFindingWorld(t)
	made := w.want(http.StatusCreated, http.MethodPost, "/v1/findings", `{"title":"Wrong hours","measure":{"tag":"incorrect"}}`)
	if made["issue"] != nil {
		t.Errorf("without a tracker: %v", made["issue"])
	}
	key := bearer(w.keys.SecretKey)
	set := func(body string, want int) answer {
		t.Helper()
		got := call(t, http.MethodPatch, w.server.url+"/v1/project", body, key...)
		if got.status != want {
			t.Errorf("%s: %d %s", body, got.status, got.text)
		}
		return got
	}
	set(`{"tracker":{"kind":"github","url":"https://github.com/acme"}}`, http.StatusBadRequest)
	set(`{"tracker":{"kind":"github","url":"https://github.com/acme/app","token":"x"}}`, http.StatusBadRequest)
	set(`{"tracker":{"kind":"github","url":"https://github.com/acme/app"}}`, http.StatusOK)
	set(`{"tags":["incorrect"]}`, http.StatusOK) // which leaves it

	given := call(t, http.MethodPost, w.server.url+"/v1/feedback", `{"response_id":"r","vote":"down","tags":["incorrect"],"comment":"wombat","user":"u"}`, key...)
	path := "/v1/findings/" + made["id"].(string)
	eventually(t, func() string {
		if got := w.as(http.MethodPost, path+"/feedback", `{"add":["`+given.body["id"].(string)+`"]}`); got.status != http.StatusOK {
			return got.text
		}
		return ""
	})
	w.want(http.StatusCreated, http.MethodPost, path+"/notes", `{"text":"numbat"}`)
	got := w.as(http.MethodGet, path, "")
	issue, _ := got.body["issue"].(map[string]any)
	u, err := url.Parse(issue["url"].(string))
	if err != nil || issue["tracker"] != "github" || u.Host != "github.com" || u.Path != "/acme/app/issues/new" || u.Query().Get("title") != "Wrong hours" {
		t.Fatalf("the issue is %v", issue)
	}
	body := u.Query().Get("body")
	if !strings.Contains(body, "Finding: "+w.server.url+"/findings/"+made["id"].(string)+"?project=p") || !strings.Contains(body, "1 filed") {
		t.Errorf("its body is %s", body)
	}
	for _, wrote := range []string{"wombat", "numbat"} {
		if strings.Contains(u.String(), wrote) {
			t.Errorf("the address tells what people wrote: %s", u)
		}
	}
	// Its address is then the finding's change.
	version := got.body["version"].(float64)
	linked := w.as(http.MethodPatch, path, fmt.Sprintf(`{"version":%.0f,"change":{"name":"issue","value":"https://github.com/acme/app/issues/7"}}`, version))
	if linked.status != http.StatusOK || !strings.Contains(linked.text, "https://github.com/acme/app/issues/7") {
		t.Errorf("linked: %d %s", linked.status, linked.text)
	}
	if set(`{"tracker":{"kind":""}}`, http.StatusOK); w.want(http.StatusOK, http.MethodGet, path, "")["issue"] != nil {
		t.Error("the tracker was taken away, and the issue stays")
	}
	out, _, _ := runHeed(t, "audit", "list", "--data", w.dir, "--json")
	if !strings.Contains(out, `"changed":"tracker"`) {
		t.Errorf("the audit log has no change of the tracker: %s", out)
	}
}
