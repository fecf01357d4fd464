package main

import (
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
)

// attaching serves a project that takes attachments.
func attaching(t *testing.T) (server *process, dir string, project newProject, offer offered) {
	t.Helper()
	dir = t.TempDir()
	server = serve(t, dir)
	project = createProject(t, dir, "p", "--origin", "https://app.example.com")
	return server, dir, project, takeAttachments(t, server, project)
}

// takeAttachments has a project take attachments, which counts at once.
func takeAttachments(t *testing.T, server *process, project newProject) offered {
	t.Helper()
	sk := bearer(project.SecretKey)
	if got := call(t, http.MethodPatch, server.url+"/v1/project", `{"attachment_days":7}`, sk...); got.status != 200 {
		t.Fatal(got.text)
	}
	offer := offerOf(t, server, sk...)
	if offer.Attach == nil {
		t.Fatal("no attachments are offered")
	}
	return offer
}

// TestAttachAbuse: who has the publishable key, which every page shows, can do
// no more than attach what it sealed itself, and nobody can attach without end.
func TestAttachAbuse(t *testing.T) {
	server, _, project, offer := attaching(t)
	sk := bearer(project.SecretKey)
	page := append(bearer(project.PublishableKey), "Origin", "https://app.example.com")
	post := func(path, body string, headers ...string) answer {
		return call(t, http.MethodPost, server.url+path, body, headers...)
	}
	vote := func(headers ...string) string {
		voted := post("/v1/feedback", `{"response_id":"somebody-1","vote":"down"}`, headers...)
		if voted.status != http.StatusCreated {
			t.Fatal(voted.text)
		}
		return voted.body["id"].(string)
	}
	const parts = `"parts":[{"role":"user","text":"x"}]`
	byPage := vote(page...)
	sealed := fmt.Sprintf(`"key_id":%q,"sealed":%q`, offer.Attach.KeyID, sealedAs(t, offer, byPage, "x"))
	for what, body := range map[string]string{"held": `"held":true`, "parts": parts} {
		if got := post("/v1/attachments", offer.body(byPage, body), page...); got.status != http.StatusForbidden {
			t.Errorf("a page attaches %s: %d %s", what, got.status, got.text)
		}
	}
	given := post("/v1/attachments", offer.body(byPage, sealed), page...)
	if given.status != http.StatusCreated {
		t.Fatal(given.text)
	}

	byServer := vote(sk...)
	got := post("/v1/attachments", offer.body(byServer, parts), sk...)
	if got.status != http.StatusCreated {
		t.Fatal(got.text)
	}
	withdraw := func(attachment answer, headers ...string) int {
		return call(t, http.MethodDelete, server.url+"/v1/attachments/"+attachment.body["id"].(string), "", headers...).status
	}
	if status := withdraw(got, page...); status != http.StatusNotFound {
		t.Errorf("a page withdraws what the application attached: %d", status)
	}
	if status := withdraw(given, page...); status != http.StatusOK {
		t.Errorf("a page withdraws what it attached: %d", status)
	}

	for n := range 9 { // one is there
		if got := post("/v1/attachments", offer.body(byServer, parts), sk...); got.status != http.StatusCreated {
			t.Fatal(n, got.text)
		}
	}
	if got := post("/v1/attachments", offer.body(byServer, parts), sk...); got.status != http.StatusForbidden || !strings.Contains(got.text, "10 attachments") {
		t.Errorf("the eleventh: %d %s", got.status, got.text)
	}

	taken := vote(sk...)
	if got := call(t, http.MethodDelete, server.url+"/v1/feedback/"+taken, "", sk...); got.status != http.StatusOK {
		t.Fatal(got.text)
	}
	if got := post("/v1/attachments", offer.body(taken, parts), sk...); got.status != http.StatusForbidden {
		t.Errorf("to feedback that was taken back: %d %s", got.status, got.text)
	}
}

// TestAttachWithoutReason: white space is no reason.
func TestAttachWithoutReason(t *testing.T) {
	server, dir, project, offer := attaching(t)
	sk := bearer(project.SecretKey)
	voted := call(t, http.MethodPost, server.url+"/v1/feedback", `{"response_id":"r1","vote":"down"}`, sk...)
	got := call(t, http.MethodPost, server.url+"/v1/attachments", offer.body(voted.body["id"].(string), `"parts":[{"role":"user","text":"x"}]`), sk...)
	if got.status != http.StatusCreated {
		t.Fatal(got.text)
	}
	reviewer := signedIn(t, server, dir, "grace", "reviewer")
	path := server.url + "/v1/attachments/" + got.body["id"].(string)
	for _, reason := range []string{"        ", `\n\t\u00a0\u2003\n`, "a       "} {
		if got := call(t, http.MethodPost, path+"/reveals?project=p", `{"reason":"`+reason+`"}`, reviewer...); got.status != http.StatusBadRequest {
			t.Errorf("%q: %d %s", reason, got.status, got.text)
		}
	}
}

// TestAttachFlood: those who send something large without end leave the memory
// alone, and small attachments their way.
func TestAttachFlood(t *testing.T) {
	server, _, project, offer := attaching(t)
	token := mint(t, project.SecretKey, "r1")
	large := strings.Repeat(" ", 300<<10)
	// Compressed it may be large as well, whatever it looks like.
	packed := append(bearer(project.SecretKey), "Content-Encoding", "gzip")
	eventually(t, func() string { // they may come later than who asks whether there is room, and lose it after a while
		for range 16 {
			slow, err := net.Dial("tcp", strings.TrimPrefix(server.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = slow.Close() })
			_, err = fmt.Fprintf(slow, "POST /v1/attachments HTTP/1.1\r\nHost: heed\r\nAuthorization: Bearer %s\r\nContent-Length: 1048576\r\n\r\n{", project.SecretKey)
			if err != nil {
				t.Fatal(err)
			}
		}
		got, err := tryCall(http.MethodPost, server.url+"/v1/attachments", large, bearer(project.SecretKey)...)
		if err != nil || got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" {
			return fmt.Sprint("one more that is large: ", got.status, err)
		}
		if got := call(t, http.MethodPost, server.url+"/v1/attachments", "x", packed...); got.status != http.StatusServiceUnavailable {
			return fmt.Sprint("one that is compressed: ", got.status)
		}
		return ""
	})
	voted := call(t, http.MethodPost, server.url+"/v1/feedback", `{"vote":"down"}`, bearer(token)...)
	small := offer.body(voted.body["id"].(string), `"parts":[{"role":"user","text":"x"}]`)
	if got := call(t, http.MethodPost, server.url+"/v1/attachments", small, bearer(token)...); got.status != http.StatusCreated {
		t.Errorf("a small one: %d %s", got.status, got.text)
	}
	// Those who send nothing more lose their room, long before their time to read is over.
	fits := strings.Replace(small, `"text":"x"`, `"text":"`+strings.Repeat("x", 300<<10)+`"`, 1)
	eventually(t, func() string {
		got, err := tryCall(http.MethodPost, server.url+"/v1/attachments", fits, bearer(token)...)
		if err != nil || got.status != http.StatusCreated {
			return fmt.Sprint("a large one, after the slow: ", got.status, err)
		}
		return ""
	})
}

// TestAttachTakenBack: taking feedback back destroys what is attached to it, by
// whatever protocol it is taken back.
func TestAttachTakenBack(t *testing.T) {
	server, _, project, offer := attaching(t)
	sk := bearer(project.SecretKey)
	for n, c := range []struct {
		path    string
		headers []string
	}{
		{"/v1/feedback/", sk},
		{"/feedback/", []string{"X-Api-Key", project.SecretKey}},
		{"/api/public/scores/", []string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(project.PublishableKey+":"+project.SecretKey))}},
	} {
		id := fmt.Sprintf("1b4db7eb-4057-4ddf-91e0-00000000000%d", n)
		voted := call(t, http.MethodPost, server.url+"/v1/feedback", fmt.Sprintf(`{"id":%q,"response_id":"r1","vote":"down"}`, id), sk...)
		got := call(t, http.MethodPost, server.url+"/v1/attachments", offer.body(id, `"parts":[{"role":"user","text":"x"}]`), sk...)
		if got.status != http.StatusCreated {
			t.Fatal(voted.text, got.text)
		}
		if got := call(t, http.MethodDelete, server.url+c.path+id, "", c.headers...); got.status != http.StatusOK {
			t.Fatal(c.path, got.status, got.text)
		}
		list := call(t, http.MethodGet, server.url+"/v1/feedback/"+id+"/attachments", "", sk...)
		if !strings.Contains(list.text, `"ended_by":"withdrawn"`) {
			t.Errorf("%s leaves what was attached: %s", c.path, list.text)
		}
	}
}
