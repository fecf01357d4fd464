package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// inboxWorld is a server with a project, and reviewers who signed in.
type inboxWorld struct{ *findingWorld }

func newInboxWorld(t *testing.T) *inboxWorld { return &inboxWorld{newFindingWorld(t)} }

// by is the world as another member sees it.
func (w *inboxWorld) by(name, role string) *inboxWorld {
	other := *w.findingWorld
	other.cookie = other.member(w.dir, name, role)
	return &inboxWorld{&other}
}

// down sends a bad vote of a person on an answer of a feature, hours ago.
func (w *inboxWorld) down(id, feature string, hours int, more map[string]any) {
	w.t.Helper()
	at := time.Now().Add(-time.Duration(hours) * time.Hour).UTC()
	vote := map[string]any{"type": "feedback", "id": id, "response_id": "r-" + id, "vote": "down", "time": at, "user": "u-" + id}
	for name, value := range more {
		vote[name] = value
	}
	w.send(map[string]any{"type": "response", "response_id": "r-" + id, "time": at, "feature": feature, "conversation_id": "c-" + feature}, vote)
}

// ids names what a list has, in its order.
func (w *inboxWorld) ids(query string) string {
	w.t.Helper()
	var ids []string
	for _, item := range w.want(http.StatusOK, http.MethodGet, "/v1/inbox"+query, "")["items"].([]any) {
		ids = append(ids, item.(map[string]any)["feedback_id"].(string))
	}
	return strings.Join(ids, " ")
}

// comes waits until a list is this.
func (w *inboxWorld) comes(query, want string) {
	w.t.Helper()
	eventually(w.t, func() string {
		if got := w.ids(query); got != want {
			return fmt.Sprintf("%s: %q, want %q", query, got, want)
		}
		return ""
	})
}

// TestInboxPass: what wants eyes comes, is handled one by one by two who do not
// collide, and leaves; all over the public interface.
func TestInboxPass(t *testing.T) {
	w := newInboxWorld(t)
	w.down("a", "search", 2, map[string]any{"tags": []string{"incorrect"}, "comment": "It says jo@example.com."})
	w.down("b", "search", 60, map[string]any{"tags": []string{"unsafe"}})
	w.down("c", "help", 3, nil)
	w.comes("", "b a c")
	if got := w.want(http.StatusOK, http.MethodGet, "/v1/inbox/count", ""); got["open"] != 3.0 || got["unsafe"] != 1.0 || got["overdue"] != 1.0 || got["mine"] != 0.0 {
		t.Errorf("count: %v", got)
	}
	first := w.want(http.StatusOK, http.MethodGet, "/v1/inbox/items/b", "")
	if first["overdue"] != true || fmt.Sprint(first["reasons"]) != "[tagged unsafe open 2 days, a day too long]" || first["version"] != 1.0 {
		t.Errorf("an item: %v", first)
	}
	conversation := first["conversation"].([]any)
	if len(conversation) != 1 || conversation[0].(map[string]any)["comment"] != "It says [EMAIL_1]." {
		t.Errorf("its conversation: %v", conversation)
	}

	grace := w.by("grace", "reviewer")
	w.want(http.StatusOK, http.MethodPost, "/v1/inbox/items/b/lock", "")
	refused := grace.want(http.StatusConflict, http.MethodPost, "/v1/inbox/items/b/lock", "")
	if !strings.Contains(fmt.Sprint(refused["detail"]), "ada is looking at this item") {
		t.Errorf("refused: %v", refused)
	}
	grace.want(http.StatusConflict, http.MethodPatch, "/v1/inbox/items/b", `{"version":1,"state":"done"}`)
	grace.want(http.StatusOK, http.MethodPost, "/v1/inbox/items/a/lock", "")
	if got := w.want(http.StatusOK, http.MethodGet, "/v1/inbox?limit=2", ""); got["items"].([]any)[1].(map[string]any)["lock"].(map[string]any)["by"] != "grace" {
		t.Errorf("the list does not say who looks: %v", got)
	}
	done := w.want(http.StatusOK, http.MethodPatch, "/v1/inbox/items/b", `{"version":1,"state":"done","cause":"guardrail","next":true}`)
	next, _ := done["next"].(map[string]any)
	if done["item"].(map[string]any)["state"] != "done" || next["feedback_id"] != "c" || next["lock"].(map[string]any)["mine"] != true {
		t.Errorf("done, and next: %v", done)
	}
	grace.want(http.StatusConflict, http.MethodPost, "/v1/inbox/items/c/lock", "")
	if got := w.as(http.MethodDelete, "/v1/inbox/items/c/lock", ""); got.status != http.StatusNoContent {
		t.Errorf("let go: %d %s", got.status, got.text)
	}
	grace.want(http.StatusOK, http.MethodPost, "/v1/inbox/items/c/lock", "")
	w.want(http.StatusConflict, http.MethodPatch, "/v1/inbox/items/b", `{"version":1,"state":"open"}`)
	w.want(http.StatusOK, http.MethodPatch, "/v1/inbox/items/b", `{"version":2,"state":"open"}`)
	history := w.want(http.StatusOK, http.MethodGet, "/v1/inbox/items/b", "")["history"].([]any)
	if len(history) != 2 || history[0].(map[string]any)["cause"] != "guardrail" || history[1].(map[string]any)["by"].(map[string]any)["name"] != "ada" {
		t.Errorf("history: %v", history)
	}

	// The person takes the vote back, and it leaves by itself.
	w.send(map[string]any{"type": "feedback", "id": "c", "response_id": "r-c", "vote": "up"})
	w.comes("", "b a")
	w.comes("?state=gone", "c")
	for _, bad := range []string{"?state=new", "?severity=x", "?assignee=me&x=1", "?cursor=x", "?colour=red", "?limit=0", "?overdue=yes"} {
		w.want(http.StatusBadRequest, http.MethodGet, "/v1/inbox"+bad, "")
	}
	for _, bad := range []string{
		`{}`, `{"version":3}`, `{"state":"done"}`, `{"version":3,"state":"gone"}`, `{"version":3,"cause":"gremlins"}`, `{"version":3,"assignee":"usr_none"}`, `{"version":3,"colour":1}`,
		`{"version":3,"answer":7}`, `{"version":3,"state":"done","finding":"fnd_x"}`,
	} {
		w.want(http.StatusBadRequest, http.MethodPatch, "/v1/inbox/items/b", bad)
	}
	w.want(http.StatusBadRequest, http.MethodPatch, "/v1/inbox/items/b", `{"version":3,"finding":"fnd_none"}`)
	w.want(http.StatusNotFound, http.MethodGet, "/v1/inbox/items/none", "")
	w.want(http.StatusNotFound, http.MethodPost, "/v1/inbox/items/none/lock", "")
	// A key looks at what it has locked, and says by If-Match what it read.
	key := bearer(w.keys.SecretKey)
	call(t, http.MethodPost, w.server.url+"/v1/inbox/items/b/lock", "", key...)
	got := call(t, http.MethodGet, w.server.url+"/v1/inbox/items/b", "", key...)
	if lock, _ := got.body["lock"].(map[string]any); lock["mine"] != true || lock["by"] != "a key" || got.header.Get("ETag") != `"3"` {
		t.Errorf("as the key sees it: %s, ETag %s", got.text, got.header.Get("ETag"))
	}
	got = call(t, http.MethodPatch, w.server.url+"/v1/inbox/items/b", `{"cause":"prompt"}`, append(key, "If-Match", `"3"`)...)
	if item, _ := got.body["item"].(map[string]any); got.status != http.StatusOK || item["version"] != 4.0 || item["lock"].(map[string]any)["mine"] != true {
		t.Errorf("changed by the key: %d %s", got.status, got.text)
	}
	call(t, http.MethodDelete, w.server.url+"/v1/inbox/items/b/lock", "", key...)
	dev := w.by("dev", "developer")
	dev.want(http.StatusForbidden, http.MethodPatch, "/v1/inbox/items/b", `{"version":3,"state":"done"}`)
	if got := dev.want(http.StatusOK, http.MethodGet, "/v1/inbox/items/a", "")["feedback"].(map[string]any); got["comment"] != nil || got["comment_status"] != "role" {
		t.Errorf("a developer reads %v", got)
	}
}

// TestInboxAnswer: the answer of a reviewer is redacted and sealed under the key
// of the person, is told to them, and goes with them.
func TestInboxAnswer(t *testing.T) {
	w := newInboxWorld(t)
	w.down("a", "search", 1, map[string]any{"user": "jo-17"})
	w.comes("", "a")
	const marker = "zebra-answer-marker"
	body := `{"version":1,"answer":"` + marker + ` says mail jo@example.com"}`
	if got := w.want(http.StatusOK, http.MethodPatch, "/v1/inbox/items/a", body)["item"].(map[string]any); got["has_answer"] != true {
		t.Errorf("answered: %v", got)
	}
	if got := w.want(http.StatusOK, http.MethodGet, "/v1/inbox/items/a", ""); got["answer"] != marker+" says mail [EMAIL_1]" {
		t.Errorf("the answer: %v", got["answer"])
	}
	if got := w.by("dev", "developer").want(http.StatusOK, http.MethodGet, "/v1/inbox/items/a", ""); got["answer"] != nil || got["answer_status"] != "role" {
		t.Errorf("a developer reads %v", got)
	}
	w.want(http.StatusBadRequest, http.MethodPatch, "/v1/inbox/items/a", `{"version":2,"answer":"`+strings.Repeat("x", 8001)+`"}`)
	told := call(t, http.MethodPost, w.server.url+"/v1/subjects", `{"user":"jo-17"}`, bearer(w.keys.SecretKey)...)
	if told.status != http.StatusOK || !strings.Contains(told.text, marker) {
		t.Errorf("the person is not told of the answer: %s", told.text)
	}
	if in := filesWith(t, w.dir, marker); len(in) > 0 {
		t.Errorf("the answer stands in the clear in %v", in)
	}
	finding := "/v1/findings/" + w.want(http.StatusCreated, http.MethodPost, "/v1/findings", `{"title":"t","feedback":["a"]}`)["id"].(string)
	if got := w.want(http.StatusOK, http.MethodGet, finding, ""); got["filed"] != 1.0 {
		t.Errorf("filed: %v", got["filed"])
	}
	erased := call(t, http.MethodPost, w.server.url+"/v1/erasures", `{"user":"jo-17"}`, bearer(w.keys.SecretKey)...)
	if erased.status != http.StatusAccepted && erased.status != http.StatusCreated {
		t.Fatalf("erasure: %d %s", erased.status, erased.text)
	}
	w.comes("", "")
	eventually(t, func() string {
		if got := w.as(http.MethodGet, "/v1/inbox/items/a", ""); got.status != http.StatusNotFound {
			return got.text
		}
		if got := w.want(http.StatusOK, http.MethodGet, finding, ""); got["filed"] != 0.0 {
			return fmt.Sprint("filed of who is erased: ", got["filed"])
		}
		return ""
	})
}

// filesWith names the files of a data directory that hold a text.
func filesWith(t *testing.T, dir, text string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if bytes.Contains(content, []byte(text)) {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestInboxTakenAway: what is taken away from a finding ends as its person's words of
// now call for: open, or gone where they took back meanwhile what wanted eyes.
func TestInboxTakenAway(t *testing.T) {
	w := newInboxWorld(t)
	for n, id := range []string{"page", "item", "all", "still"} {
		w.down(id, "search", n+1, nil)
	}
	w.comes("", "page item all still")
	finding := w.want(http.StatusCreated, http.MethodPost, "/v1/findings", `{"title":"hours","feedback":["page","item","all","still"]}`)["id"].(string)
	w.comes("?state=filed", "page item all still")
	for _, id := range []string{"page", "item", "all"} {
		w.send(map[string]any{"type": "feedback", "id": id, "response_id": "r-" + id, "user": "u-" + id, "vote": "up"})
	}
	eventually(t, func() string {
		if got := w.ids("?state=filed&vote=up"); got != "page item all" {
			return "voted up and seen: " + got
		}
		return ""
	})
	w.want(http.StatusOK, http.MethodPost, "/v1/findings/"+finding+"/feedback", `{"take":["page"]}`)
	if got := w.ids("?state=gone"); got != "page" {
		t.Errorf("taken away on the finding's page: gone is %q, open is %q", got, w.ids(""))
	}
	version := w.want(http.StatusOK, http.MethodGet, "/v1/inbox/items/item", "")["version"]
	if got := w.want(http.StatusOK, http.MethodPatch, "/v1/inbox/items/item", fmt.Sprintf(`{"version":%v,"state":"open"}`, version))["item"].(map[string]any); got["state"] != "gone" {
		t.Errorf("taken away in the inbox: %v", got)
	}
	w.want(http.StatusOK, http.MethodPost, "/v1/inbox/changes?state=filed", `{"state":"open"}`)
	if open, gone, filed := w.ids(""), w.ids("?state=gone"), w.ids("?state=filed"); open != "still" || len(strings.Fields(gone)) != 3 || filed != "" {
		t.Errorf("all taken away: open %q, gone %q, filed %q", open, gone, filed)
	}
	history := w.want(http.StatusOK, http.MethodGet, "/v1/inbox/items/all", "")["history"].([]any)
	if last := history[len(history)-1].(map[string]any); last["state"] != "gone" || last["by"].(map[string]any)["kind"] != "server" {
		t.Errorf("its last step is %v", last)
	}
	// It comes back when its person says it again, and is opened by hand as ever.
	w.send(map[string]any{"type": "feedback", "id": "all", "response_id": "r-all", "user": "u-all", "vote": "down"})
	eventually(t, func() string {
		if got := w.ids(""); len(strings.Fields(got)) != 2 {
			return "open: " + got
		}
		return ""
	})
}

// TestInboxBulk: all that a filter keeps is changed as it was counted, but for what
// came later and what somebody looks at; filing has the bound of a finding.
func TestInboxBulk(t *testing.T) {
	w := newInboxWorld(t)
	for n := range 6 {
		w.down(fmt.Sprint("s", n), "search", n+1, map[string]any{"tags": []string{"incorrect"}})
	}
	w.down("h", "help", 1, nil)
	eventually(t, func() string {
		if got := w.ids(""); len(strings.Fields(got)) != 7 {
			return "there is " + got
		}
		return ""
	})
	preview := w.want(http.StatusOK, http.MethodPost, "/v1/inbox/changes?feature=search", `{"state":"done","preview":true}`)
	if preview["count"] != 6.0 || preview["changed"] != 0.0 {
		t.Errorf("preview: %v", preview)
	}
	w.by("grace", "reviewer").want(http.StatusOK, http.MethodPost, "/v1/inbox/items/s3/lock", "")
	w.down("late", "search", 0, map[string]any{"time": time.Now().UTC()})
	eventually(t, func() string {
		if got := w.ids(""); !strings.Contains(got, "late") {
			return "there is " + got
		}
		return ""
	})
	body := fmt.Sprintf(`{"state":"done","cause":"prompt","as_of":%q}`, preview["as_of"])
	if got := w.want(http.StatusOK, http.MethodPost, "/v1/inbox/changes?feature=search", body); got["changed"] != 5.0 || got["next"] != nil {
		t.Errorf("changed: %v", got)
	}
	left := strings.Fields(w.ids(""))
	slices.Sort(left)
	if fmt.Sprint(left) != "[h late s3]" {
		t.Errorf("left: %v", left)
	}
	if got := w.ids("?state=done&cause=prompt"); len(strings.Fields(got)) != 5 {
		t.Errorf("done: %s", got)
	}
	finding := w.want(http.StatusCreated, http.MethodPost, "/v1/findings", `{"title":"hours"}`)["id"].(string)
	if got := w.want(http.StatusOK, http.MethodPost, "/v1/inbox/changes?feature=help", `{"finding":"`+finding+`"}`); got["changed"] != 1.0 {
		t.Errorf("filed: %v", got)
	}
	if got := w.feedbackOf(finding); fmt.Sprint(got) != "[h]" {
		t.Errorf("the finding has %v", got)
	}
	w.want(http.StatusBadRequest, http.MethodPost, "/v1/inbox/changes?feature=search", `{"finding":"fnd_none"}`)
	w.want(http.StatusBadRequest, http.MethodPost, "/v1/inbox/changes", `{}`)
	w.want(http.StatusBadRequest, http.MethodPost, "/v1/inbox/changes", `{"cause":"gremlins"}`)

	// Views are kept as they are asked, with their values redacted.
	view := w.want(http.StatusCreated, http.MethodPost, "/v1/inbox/views", `{"name":"of jo@example.com","query":"overdue=true&project=other&feature=search"}`)
	if view["name"] != "of [EMAIL_1]" || view["query"] != "feature=search&overdue=true" {
		t.Errorf("view: %v", view)
	}
	for _, bad := range []string{`{"name":"","query":""}`, `{"name":"x","query":"colour=red"}`, `{"name":"x","query":"limit=3"}`, `{"name":"x","query":"%zz"}`} {
		w.want(http.StatusBadRequest, http.MethodPost, "/v1/inbox/views", bad)
	}
	if got := w.as(http.MethodDelete, "/v1/inbox/views/"+view["id"].(string), ""); got.status != http.StatusNoContent {
		t.Errorf("removed: %s", got.text)
	}

	out, stderr, status := runHeed(t, "inbox", "--url", w.server.url, "--key", w.keys.SecretKey)
	if status != 0 || !strings.Contains(out, "2 open, 0 unsafe, 0 overdue") || !strings.Contains(out, "s3") || strings.Contains(out, "s1 ") {
		t.Errorf("heed inbox: %d %s %s", status, out, stderr)
	}
}
