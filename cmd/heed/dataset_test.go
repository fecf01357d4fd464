package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/api"
)

// datasetWorld is a server with a project that keeps content, and a reviewer.
type datasetWorld struct {
	*findingWorld
}

func newDatasetWorld(t *testing.T) *datasetWorld {
	t.Helper()
	dir := t.TempDir()
	w := &findingWorld{t: t, dir: dir, keys: createProject(t, dir, "p", "--content", "redacted")}
	if _, errs, code := runHeed(t, "project", "update", "p", "--attachment-days", "30", "--data", dir); code != 0 {
		t.Fatal(errs)
	}
	w.server = serve(t, dir)
	w.cookie = w.member(dir, "ada", "reviewer")
	return &datasetWorld{w}
}

// send sends events, and waits until the last feedback among them is there.
func (w *datasetWorld) send(events ...string) {
	w.t.Helper()
	got := call(w.t, http.MethodPost, w.server.url+"/v1/events", `{"events":[`+strings.Join(events, ",")+`]}`, bearer(w.keys.SecretKey)...)
	if got.status != http.StatusOK || strings.Contains(got.text, `"index"`) {
		w.t.Fatal(got.text)
	}
	var last struct{ ID string }
	if err := json.Unmarshal([]byte(events[len(events)-1]), &last); err != nil {
		w.t.Fatal(err)
	}
	eventually(w.t, func() string {
		if got := w.as(http.MethodGet, "/v1/feedback/"+last.ID, ""); got.status != http.StatusOK {
			return got.text
		}
		return ""
	})
}

// answered is a response with a question and an answer, and a feedback on it.
func answered(id, user, question, answer, feedback string) []string {
	return []string{
		fmt.Sprintf(`{"type":"response","response_id":"r-%s","user":%q,"model":"m1","feature":"search","input":%q,"output":%q}`, id, user, question, answer),
		fmt.Sprintf(`{"type":"feedback","id":%q,"response_id":"r-%s","user":%q,%s}`, id, id, user, feedback),
	}
}

func (w *datasetWorld) make(name, purpose, more string) string {
	w.t.Helper()
	return w.want(http.StatusCreated, http.MethodPost, "/v1/datasets", fmt.Sprintf(`{"name":%q,"purpose":%q%s}`, name, purpose, more))["id"].(string)
}

func (w *datasetWorld) mark(purpose string, ids ...string) {
	w.t.Helper()
	list, _ := json.Marshal(ids)
	w.want(http.StatusOK, http.MethodPost, "/v1/datasets/marks", fmt.Sprintf(`{"purpose":%q,"feedback":%s}`, purpose, list))
}

// version reads a version.
func (w *datasetWorld) version(id string, number int) (v api.DatasetVersionItem) {
	w.t.Helper()
	got := w.as(http.MethodGet, fmt.Sprintf("/v1/datasets/%s/versions/%d", id, number), "")
	if err := json.Unmarshal([]byte(got.text), &v); err != nil || got.status != http.StatusOK {
		w.t.Fatal(got.text)
	}
	return v
}

// build builds a version and waits for it.
func (w *datasetWorld) build(id string) (v api.DatasetVersionItem) {
	w.t.Helper()
	begun := w.want(http.StatusAccepted, http.MethodPost, "/v1/datasets/"+id+"/versions", "")
	eventually(w.t, func() string {
		v = w.version(id, int(begun["number"].(float64)))
		if v.State == heed.DatasetBuilding {
			return "it is still being built"
		}
		return ""
	})
	if v.State != heed.DatasetReady {
		w.t.Fatalf("the version is %s:\n%s", v.State, w.server.log)
	}
	return v
}

// file reads a file of a version, and makes sure that it is the one that was built.
func (w *datasetWorld) file(v api.DatasetVersionItem, format string) string {
	w.t.Helper()
	i := slices.IndexFunc(v.Files, func(f heed.DatasetFile) bool { return f.Format == format })
	if i < 0 {
		w.t.Fatalf("there is no %s", format)
	}
	got := w.as(http.MethodGet, versionPath(&v)+"/files/"+format, "")
	sum := sha256.Sum256([]byte(got.text))
	if got.status != http.StatusOK || int64(len(got.text)) != v.Files[i].Bytes || hex.EncodeToString(sum[:]) != v.Files[i].SHA256 {
		w.t.Fatalf("%s: %d, %d bytes: %.300s", format, got.status, len(got.text), got.text)
	}
	return got.text
}

// rows decodes JSON Lines.
func rows(t *testing.T, text string) (all []map[string]any) {
	t.Helper()
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		var row map[string]any
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	return all
}

// TestDataset walks feedback from a reviewer's mark to files, which are the same each
// time, and to the end of a version.
func TestDataset(t *testing.T) {
	w := newDatasetWorld(t)
	w.send(answered("fb_up", "ada", "Where is Bonn?", "On the Rhine. Mail bob@example.com.", `"vote":"up"`)...)
	w.send(answered("fb_down", "bob", "Capital of France?", "Lyon.", `"vote":"down","tags":["incorrect"],"comment":"=wrong","correction":"Paris."`)...)
	w.send(answered("fb_better", "cem", "Tallest mountain?", "Everest.", `"vote":"up","preferred_over":"r-other"`)...)
	w.send(append([]string{`{"type":"response","response_id":"r-other","user":"dan","input":"Tallest mountain?","output":"K2."}`},
		answered("fb_unmarked", "eve", "Secret?", "Secret.", `"vote":"up"`)...)...)
	w.mark("training", "fb_up", "fb_down", "fb_better")
	id := w.make("Help desk", "training", `,"license":"cc-by-4.0"`)
	v := w.build(id)
	if v.Counts.Items != 3 || v.Counts.Content != 3 || v.Counts.People != 3 || v.Counts.Reviewed != 3 || v.BegunBy == "" {
		t.Errorf("counts: %+v", v.Counts)
	}
	message := func(role, content string) any { return map[string]any{"role": role, "content": content} }
	without := func(format string) []map[string]any {
		all := rows(t, w.file(v, format))
		for _, row := range all {
			p, _ := row["provenance"].(map[string]any)
			if p == nil || p["feedback_id"] == "" || p["reviewed_by"] != v.BegunBy || p["trust"] != "server" || p["use"] != "training" || p["dataset_version"] != id+"/1" || p["content"] != "stored" {
				t.Errorf("%s: provenance %v", format, p)
			}
			delete(row, "provenance")
		}
		return all
	}
	one := func(m any) []any { return []any{m} }
	question := func(text string) any { return one(message("user", text)) }
	answer := func(text string) any { return one(message("assistant", text)) }
	for format, want := range map[string][]map[string]any{
		"sft": {
			{"prompt": question("Tallest mountain?"), "completion": answer("Everest.")},
			{"prompt": question("Capital of France?"), "completion": answer("Paris.")},
			{"prompt": question("Where is Bonn?"), "completion": answer("On the Rhine. Mail [EMAIL_1].")},
		},
		"dpo": {
			{"prompt": question("Tallest mountain?"), "chosen": answer("Everest."), "rejected": answer("K2.")},
			{"prompt": question("Capital of France?"), "chosen": answer("Paris."), "rejected": answer("Lyon.")},
		},
		"kto": {
			{"prompt": question("Tallest mountain?"), "completion": answer("Everest."), "label": true},
			{"prompt": question("Capital of France?"), "completion": answer("Lyon."), "label": false},
			{"prompt": question("Where is Bonn?"), "completion": answer("On the Rhine. Mail [EMAIL_1]."), "label": true},
		},
	} {
		if diff := cmp.Diff(want, without(format)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
	if got := rows(t, w.file(v, "openai-preference-provenance")); len(got) != 2 || got[0]["pair"] != "preference" || got[1]["pair"] != "correction" {
		t.Errorf("beside openai-preference: %v", got)
	}
	if text := w.file(v, "csv"); !strings.Contains(text, `"'=wrong"`) || strings.Contains(text, "Secret") || strings.Contains(text, "bob@example.com") {
		t.Errorf("csv: %s", text)
	}

	// The next version of the same items has other bytes only by its number; the same
	// version has the same, also after a restart.
	first := w.file(v, "parquet")
	if status := w.server.stop(t); status != 0 {
		t.Errorf("exit status %d", status)
	}
	w.server = serve(t, w.dir)
	if again := w.file(v, "parquet"); again != first {
		t.Error("the same version has other bytes after a restart")
	}

	w.datasetByCommand(id, v)
	w.datasetEnds(id, v)
	for _, canary := range []string{"Capital of France", "On the Rhine", "=wrong"} {
		findInFiles(t, w.dir, canary)
		if strings.Contains(w.server.log.String(), canary) {
			t.Errorf("the log tells %q", canary)
		}
	}
}

func (w *datasetWorld) datasetByCommand(id string, v api.DatasetVersionItem) {
	t := w.t
	t.Helper()
	env := []string{"--url", w.server.url, "--key", w.keys.SecretKey}
	out, errs, code := runHeed(t, append([]string{"dataset", "list"}, env...)...)
	if code != 0 || !strings.Contains(out, id+"  training  1        ready  3      Help desk") {
		t.Errorf("list: %s %s", out, errs)
	}
	dir := filepath.Join(t.TempDir(), "files")
	if out, errs, code = runHeed(t, append([]string{"dataset", "export", id, "--out", dir}, env...)...); code != 0 || !strings.Contains(out, "Exported version 1") {
		t.Fatalf("export: %s %s", out, errs)
	}
	for _, f := range v.Files {
		text, err := os.ReadFile(filepath.Join(dir, f.Name))
		sum := sha256.Sum256(text)
		if err != nil || hex.EncodeToString(sum[:]) != f.SHA256 {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	card, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil || !strings.HasPrefix(string(card), "---\npretty_name: \"Help desk\"\nlicense: cc-by-4.0\n") || !strings.Contains(string(card), "help-desk-v1.dpo.jsonl") {
		t.Errorf("card: %v %s", err, card)
	}
	if out, errs, code = runHeed(t, append([]string{"dataset", "card", id}, env...)...); code != 0 || strings.TrimSpace(out) != strings.TrimSpace(string(card)) {
		t.Errorf("card: %s %s", out, errs)
	}
	if out, errs, code = runHeed(t, append([]string{"dataset", "export", id, "--out", dir, "--format", "promptfoo"}, env...)...); code != 1 || !strings.Contains(errs, "no such format") {
		t.Errorf("a format of another purpose: %s %s", out, errs)
	}
	if out, errs, code = runHeed(t, append([]string{"dataset", "build", id}, env...)...); code != 0 || !strings.Contains(out, "Version 2: 3 items of 3 people.") {
		t.Errorf("build: %s %s", out, errs)
	}
}

// datasetEnds: what is changed, or whose person is erased, ends the versions that have
// it; the next is made without.
func (w *datasetWorld) datasetEnds(id string, v api.DatasetVersionItem) {
	t := w.t
	t.Helper()
	refused := func(what string, v api.DatasetVersionItem, why heed.DatasetEnd) {
		t.Helper()
		if got := w.as(http.MethodGet, versionPath(&v)+"/files/sft", ""); got.status != http.StatusConflict {
			t.Errorf("%s: %d %.300s", what, got.status, got.text)
		}
		if got := w.version(id, int(v.Number)); got.State != heed.DatasetStale || got.EndedBy != why {
			t.Errorf("%s: %s, %s", what, got.State, got.EndedBy)
		}
	}
	w.send(`{"type":"feedback","id":"fb_up","response_id":"r-fb_up","user":"ada","tags":["style_format"]}`)
	eventually(t, func() string {
		if got := w.as(http.MethodGet, "/v1/feedback/fb_up", ""); !strings.Contains(got.text, "style_format") {
			return got.text
		}
		return ""
	})
	refused("after an edit", v, heed.EndChanged)
	third := w.build(id)
	if got := call(t, http.MethodPost, w.server.url+"/v1/erasures", `{"user":"dan"}`, bearer(w.keys.SecretKey)...); got.status != http.StatusAccepted {
		t.Fatal(got.text)
	}
	refused("after whose answer it was is erased", third, heed.EndErased)
	eventually(t, func() string {
		if got := w.as(http.MethodGet, "/v1/responses/r-other", ""); strings.Contains(got.text, "K2.") {
			return got.text
		}
		return ""
	})
	fourth := w.build(id)
	if text := w.file(fourth, "dpo"); strings.Contains(text, "K2.") || len(rows(t, text)) != 1 {
		t.Errorf("without them: %s", text)
	}
	w.want(http.StatusOK, http.MethodPost, "/v1/datasets/unmarks", `{"purpose":"training","feedback":["fb_down"]}`)
	refused("after a mark was taken back", fourth, heed.EndUnmarked)
	w.want(http.StatusOK, http.MethodPost, "/v1/datasets/unmarks", `{"purpose":"training","feedback":["fb_up","fb_better"]}`)
	empty := w.build(id)
	if empty.Counts.Items != 0 || w.file(empty, "sft") != "" || strings.Count(w.file(empty, "csv"), "\n") != 1 {
		t.Errorf("of nothing: %+v", empty)
	}
}

// attachTo has an application attach a conversation to feedback, with consent.
func (w *datasetWorld) attachTo(feedback, question, answer string) string {
	w.t.Helper()
	return w.attachParts(feedback, fmt.Sprintf(`{"role":"user","text":%q},{"role":"assistant","text":%q}`, question, answer))
}

func (w *datasetWorld) attachParts(feedback, parts string) string {
	w.t.Helper()
	sk := bearer(w.keys.SecretKey)
	parts = `"parts":[` + parts + `]`
	got := call(w.t, http.MethodPost, w.server.url+"/v1/attachments", offerOf(w.t, w.server, sk...).body(feedback, parts), sk...)
	if got.status != http.StatusCreated {
		w.t.Fatal(got.text)
	}
	return got.body["id"].(string)
}

// TestDatasetOfAttachments: what people attached is in a dataset only once somebody
// who had it revealed marked it, for what they agreed to, redacted; and no longer than
// they want.
func TestDatasetOfAttachments(t *testing.T) {
	w := newDatasetWorld(t)
	w.send(`{"type":"feedback","id":"fb_1","response_id":"r-1","user":"ada","vote":"down","correction":"Paris."}`)
	w.send(`{"type":"feedback","id":"fb_2","response_id":"r-2","user":"bob","vote":"down"}`)
	attachment := w.attachTo("fb_1", "I am bob@example.com. Capital of France?", "Lyon.")
	other := w.attachTo("fb_2", "Other.", "No.")
	id := w.make("Regressions", "evaluation", "")
	marking := func(purpose, feedback, attachment string) answer {
		return w.as(http.MethodPost, "/v1/datasets/marks", fmt.Sprintf(`{"purpose":%q,"feedback":[%q],"attachment_id":%q}`, purpose, feedback, attachment))
	}
	if got := marking("evaluation", "fb_1", attachment); got.status != http.StatusForbidden || !strings.Contains(got.text, "read it first") {
		t.Errorf("before it was revealed: %d %s", got.status, got.text)
	}
	w.want(http.StatusCreated, http.MethodPost, "/v1/attachments/"+attachment+"/reveals", `{"reason":"for the test cases"}`)
	for what, got := range map[string]answer{
		"for training, which the notice excludes": marking("training", "fb_1", attachment),
		"one that was not revealed":               marking("evaluation", "fb_2", other),
		"a key": call(t, http.MethodPost, w.server.url+"/v1/datasets/marks", fmt.Sprintf(`{"purpose":"evaluation","feedback":["fb_1"],"attachment_id":%q}`, attachment),
			bearer(w.keys.SecretKey)...),
	} {
		if got.status != http.StatusForbidden {
			t.Errorf("%s: %d %s", what, got.status, got.text)
		}
	}
	if got := marking("evaluation", "fb_2", attachment); got.status != http.StatusNotFound {
		t.Errorf("of other feedback: %d %s", got.status, got.text)
	}
	if got := marking("evaluation", "fb_1", attachment); got.status != http.StatusOK || got.body["marked"] != 1.0 {
		t.Fatal(got.text)
	}
	v := w.build(id)
	if v.Counts.Attached != 1 || v.Counts.Notices["2-en"] != 1 {
		t.Errorf("counts: %+v", v.Counts)
	}
	cases := rows(t, w.file(v, "promptfoo"))
	if len(cases) != 1 {
		t.Fatalf("%d cases", len(cases))
	}
	case1 := cases[0]["vars"].(map[string]any)["heed"].(map[string]any)
	metadata := cases[0]["metadata"].(map[string]any)
	if case1["question"] != "I am [EMAIL_1]. Capital of France?" || case1["reference"] != "Paris." || metadata["consent_version"] != "2-en" || metadata["content"] != "attached" || metadata["use"] != "evaluation" {
		t.Errorf("the case: %v", cases[0])
	}
	findInFiles(t, w.dir, "Capital of France")

	// A training dataset has the feedback without it.
	w.mark("training", "fb_1")
	training := w.build(w.make("Training", "training", ""))
	if text := w.file(training, "jsonl"); strings.Contains(text, "Capital of France") || training.Counts.Items != 1 || training.Counts.Content != 0 || w.file(training, "sft") != "" {
		t.Errorf("for training: %+v %s", training.Counts, text)
	}

	// The person takes it back.
	if got := call(t, http.MethodDelete, w.server.url+"/v1/attachments/"+attachment, "", bearer(w.keys.SecretKey)...); got.status != http.StatusOK {
		t.Fatal(got.text)
	}
	if got := w.as(http.MethodGet, versionPath(&v)+"/files/promptfoo", ""); got.status != http.StatusConflict {
		t.Errorf("after it was taken back: %d %s", got.status, got.text)
	}
	if got := w.version(id, 1); got.State != heed.DatasetStale || got.EndedBy != heed.EndWithdrawn {
		t.Errorf("after it was taken back: %s, %s", got.State, got.EndedBy)
	}
	if next := w.build(id); next.Counts.Items != 0 {
		t.Errorf("the next version: %+v", next.Counts)
	}
	log := w.auditLog()
	for _, want := range []string{"dataset.marked", "dataset.changed", "dataset.exported"} {
		if !strings.Contains(log, want) {
			t.Errorf("the audit log has no %s:\n%s", want, log)
		}
	}
}

func (w *datasetWorld) auditLog() string {
	w.t.Helper()
	out, errs, code := runHeed(w.t, "audit", "list", "--data", w.dir)
	if code != 0 {
		w.t.Fatal(errs)
	}
	return out
}

// TestDatasetOfHalfAnAttachment: where somebody attached a question alone, it says
// under which notice, as everything does that people attached.
func TestDatasetOfHalfAnAttachment(t *testing.T) {
	w := newDatasetWorld(t)
	w.send(`{"type":"feedback","id":"fb_1","response_id":"r-1","user":"ada","vote":"down","correction":"Paris."}`)
	attachment := w.attachParts("fb_1", `{"role":"user","text":"Capital of France?"}`)
	w.want(http.StatusCreated, http.MethodPost, "/v1/attachments/"+attachment+"/reveals", `{"reason":"for the test cases"}`)
	w.want(http.StatusOK, http.MethodPost, "/v1/datasets/marks", fmt.Sprintf(`{"purpose":"evaluation","feedback":["fb_1"],"attachment_id":%q}`, attachment))
	v := w.build(w.make("Regressions", "evaluation", ""))
	if v.Counts.Content != 0 || v.Counts.Attached != 0 || v.Counts.Notices["2-en"] != 1 {
		t.Errorf("counts: %+v", v.Counts)
	}
	for format, field := range map[string]string{"promptfoo": "metadata", "jsonl": "provenance"} {
		all := rows(t, w.file(v, format))
		if len(all) != 1 {
			t.Fatalf("%s has %d rows", format, len(all))
		}
		if from := all[0][field].(map[string]any); !strings.Contains(fmt.Sprint(all[0]), "Capital of France?") || from["content"] != "attached" || from["consent_version"] != "2-en" {
			t.Errorf("%s: %v", format, all[0])
		}
	}
}

// TestDatasetDeleted: a dataset is deleted over the command line, with its versions,
// and its files are gone.
func TestDatasetDeleted(t *testing.T) {
	w := newDatasetWorld(t)
	w.send(answered("fb_up", "ada", "Where is Bonn?", "On the Rhine.", `"vote":"up"`)...)
	w.mark("training", "fb_up")
	id := w.make("Help desk", "training", "")
	v := w.build(id)
	env := []string{"HEED_URL=" + w.server.url, "HEED_KEY=" + w.keys.SecretKey}
	stdout, stderr, code := runHeedWith(t, env, "dataset", "delete", id)
	if code != 0 || !strings.HasPrefix(stdout, "Help desk is deleted, with 1 version.") {
		t.Fatal(code, stdout, stderr)
	}
	for _, path := range []string{"/v1/datasets/" + id, versionPath(&v), versionPath(&v) + "/files/sft"} {
		if got := w.as(http.MethodGet, path, ""); got.status != http.StatusNotFound || !strings.Contains(got.text, "no such dataset") {
			t.Errorf("%s: %d %s", path, got.status, got.text)
		}
	}
	if _, stderr, code := runHeedWith(t, env, "dataset", "delete", id); code == 0 || !strings.Contains(stderr, "no such dataset") {
		t.Errorf("once more: %d %s", code, stderr)
	}
	if log := w.auditLog(); !strings.Contains(log, "deleted") {
		t.Errorf("the audit log:\n%s", log)
	}
	if next := w.build(w.make("Help desk", "training", "")); next.Counts.Items != 1 {
		t.Errorf("what is marked: %+v", next.Counts)
	}
}

// TestDatasetOfCustomersAttachments: what only a customer can open is refused, and it
// is said who can.
func TestDatasetOfCustomersAttachments(t *testing.T) {
	w := newDatasetWorld(t)
	c := customer{server: w.server, env: []string{"HEED_URL=" + w.server.url, "HEED_KEY=" + w.keys.SecretKey}, project: w.keys}
	c.use(t, string(makeKey(t, filepath.Join(t.TempDir(), "key"), "--plain")))
	w.send(`{"type":"feedback","id":"fb_1","response_id":"r-1","user":"ada","vote":"down"}`)
	attachment := w.attachTo("fb_1", "Capital?", "Lyon.")
	w.want(http.StatusCreated, http.MethodPost, "/v1/attachments/"+attachment+"/reveals", `{"reason":"for the test cases"}`)
	got := w.as(http.MethodPost, "/v1/datasets/marks", fmt.Sprintf(`{"purpose":"evaluation","feedback":["fb_1"],"attachment_id":%q}`, attachment))
	if got.status != http.StatusConflict || !strings.Contains(got.text, "a key that only you hold") {
		t.Errorf("%d %s", got.status, got.text)
	}
}

// TestDatasetByFilter: what a filter marked has no text in it, a cap holds for each
// person, and what is not of the selection is left out.
func TestDatasetByFilter(t *testing.T) {
	w := newDatasetWorld(t)
	var events []string
	for i := range 30 {
		events = append(events, answered(fmt.Sprintf("ada%02d", i), "ada", "wombat question", "wombat answer", `"vote":"down","comment":"wombat comment"`)...)
	}
	events = append(events, `{"type":"feedback","id":"nobody","response_id":"r-x","vote":"down","tags":["incorrect"]}`)
	events = append(events, answered("bob", "bob", "wombat question", "wombat answer", `"vote":"up"`)...)
	w.send(events...)
	if got := w.want(http.StatusOK, http.MethodPost, "/v1/datasets/marks", `{"purpose":"evaluation","filter":{"vote":["down","up"]}}`); got["marked"] != 32.0 {
		t.Errorf("marked: %v", got)
	}
	if got := w.want(http.StatusOK, http.MethodPost, "/v1/datasets/marks", `{"purpose":"evaluation","filter":{"vote":["down"]}}`); got["marked"] != 0.0 || got["matched"] != 31.0 {
		t.Errorf("marked again: %v", got)
	}
	id := w.make("Bad", "evaluation", `,"selection":{"filter":{"vote":["down"]}}`)
	v := w.build(id)
	want := heed.DatasetCounts{
		Marked: 32, Items: 21, People: 1, Nobody: 1, Capped: 10, Outside: 1, Notices: map[string]int64{}, Trust: map[string]int64{"server": 21}, Votes: map[string]int64{"down": 21},
	}
	if diff := cmp.Diff(want, v.Counts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, format := range []string{"jsonl", "csv", "promptfoo"} {
		if text := w.file(v, format); strings.Contains(text, "wombat") {
			t.Errorf("%s has what nobody looked at: %.300s", format, text)
		}
	}
	// One that somebody looks at has its texts.
	w.mark("evaluation", "ada07")
	if text := w.file(w.build(w.make("All", "evaluation", `,"person_cap":0`)), "promptfoo"); strings.Count(text, "wombat question") != 2 || len(rows(t, text)) != 1 {
		t.Errorf("after one was looked at: %s", text)
	}
	for body, status := range map[string]int{
		`{"purpose":"evaluation","filter":{"wombat":["x"]}}`:                                     400,
		`{"purpose":"evaluation","filter":{},"feedback":["bob"]}`:                                400,
		`{"purpose":"evaluation"}`:                                                               400,
		`{"purpose":"fun","feedback":["bob"]}`:                                                   400,
		`{"purpose":"evaluation","feedback":["nothing"]}`:                                        400,
		`{"purpose":"evaluation","filter":{},"attachment_id":"att_1"}`:                           400,
		`{"purpose":"evaluation","feedback":["bob"],"attachment_id":"att_1"}`:                    404,
		`{"purpose":"evaluation","feedback":["` + strings.Repeat(`bob","`, 200) + `bob"]}`:       400,
		`{"purpose":"evaluation","from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"}`:     400,
		`{"purpose":"evaluation","feedback":["bob"],"by":"usr_somebody","at":"2020-01-01T0:0Z"}`: 400,
	} {
		if got := w.as(http.MethodPost, "/v1/datasets/marks", body); got.status != status {
			t.Errorf("%.100s: %d %s", body, got.status, got.text)
		}
	}
	for body, status := range map[string]int{
		`{"name":"","purpose":"training"}`:                                               400,
		`{"name":"x","purpose":"fun"}`:                                                   400,
		`{"name":"x","purpose":"training","person_cap":-1}`:                              400,
		`{"name":"x","purpose":"training","selection":{"filter":{"wombat":["1"]}}}`:      400,
		`{"name":"Bad","purpose":"training"}`:                                            409,
		`{"name":"two\nlines","purpose":"training"}`:                                     400,
		`{"name":"mail ada@example.com","purpose":"training","license":"ask ada@x.org"}`: 201,
	} {
		if got := w.as(http.MethodPost, "/v1/datasets", body); got.status != status || strings.Contains(got.text, "ada@") {
			t.Errorf("%s: %d %s", body, got.status, got.text)
		}
	}
}
