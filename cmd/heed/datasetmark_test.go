package main

import (
	"net/http"
	"strings"
	"testing"
)

// TestDatasetFromTheTerminal: a key marks feedback without its texts, as it looked at
// none; what a member marked with texts keeps them, and what is taken back is gone.
func TestDatasetFromTheTerminal(t *testing.T) {
	w := newDatasetWorld(t)
	for _, id := range []string{"fb_1", "fb_2", "fb_3"} {
		w.send(answered(id, "u-"+id, "Question "+id+"?", "Answer "+id+".", `"vote":"up","comment":"Said of `+id+`"`)...)
	}
	w.mark("training", "fb_1")
	made := w.wantHeed("Marked for training: 1.", "dataset", "create", "Help desk", "training", "--filter", "feature=search", "--person-cap", "5", "--license", "cc-by-4.0")
	id := strings.TrimSpace(made[strings.LastIndex(made, " ")+1:])
	if got := w.want(http.StatusOK, http.MethodGet, "/v1/datasets/"+id, ""); got["person_cap"] != 5.0 || got["license"] != "cc-by-4.0" || got["selection"].(map[string]any)["filter"].(map[string]any)["feature"] == nil {
		t.Errorf("it is %v", got)
	}
	w.wantHeed("2 items for training, 1 of them new", "dataset", "add", "training", "fb_1", "fb_2")
	w.wantHeed(`{"marked":1,"matched":3}`, "dataset", "add", "training", "--filter", "feature=search", "--json")
	v := w.build(id)
	text := w.file(v, "jsonl")
	if v.Counts.Items != 3 || v.Counts.Reviewed != 1 || v.Counts.Content != 1 {
		t.Errorf("counts: %+v", v.Counts)
	}
	if !strings.Contains(text, "Said of fb_1") || strings.Contains(text, "Said of fb_2") || strings.Contains(text, "Question fb_3") {
		t.Errorf("it has the texts that nobody looked at, or not those that somebody did: %s", text)
	}
	for _, c := range [][]string{
		{"say what to mark", "add", "training"}, {"say what to mark", "add", "training", "fb_1", "--filter", "feature=search"}, {"NAME=VALUE", "add", "training", "--filter", "search"},
		{"not there", "add", "training", "fb_none"}, {"name", "create", "Help desk", "training"},
	} {
		if _, stderr, status := w.heed(append([]string{"dataset"}, c[1:]...)...); status != 1 || !strings.Contains(stderr, c[0]) {
			t.Errorf("%v: %d %s", c[1:], status, stderr)
		}
	}
	w.wantHeed("2 marks for training taken back", "dataset", "remove", "training", "fb_1", "fb_2", "fb_none")
	if v = w.build(id); v.Counts.Items != 1 {
		t.Errorf("after it was taken back: %+v", v.Counts)
	}
	if log := w.auditLog(); !strings.Contains(log, "how=unread") || !strings.Contains(log, "how=reviewed") {
		t.Errorf("the audit log has:\n%s", log)
	}
}
