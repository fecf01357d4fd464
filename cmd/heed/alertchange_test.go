package main

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestAlertIsChanged: an alert is made, changed and ended from the terminal; what is
// not given stays, and what is refused changes nothing.
func TestAlertIsChanged(t *testing.T) {
	w := newFindingWorld(t)
	made := w.wantHeed("alt_", "alert", "create", "Bad votes", "down_share", "--above", "0.3", "--minimum", "20", "--filter", "feature=search", "--filter", "feature=help", "--filter", "model=m1")
	id := strings.Fields(made)[0]
	rule := func() (version float64, rule map[string]any) {
		t.Helper()
		got := w.want(http.StatusOK, http.MethodGet, "/v1/alerts/"+id, "")
		return got["version"].(float64), got["rule"].(map[string]any)
	}
	if _, r := rule(); len(r["filter"].(map[string]any)["feature"].([]any)) != 2 || len(r["filter"].(map[string]any)["model"].([]any)) != 1 {
		t.Errorf("its filter is %v", r["filter"])
	}
	w.wantHeed("Bad votes is changed. There is nothing to judge", "alert", "change", id, "--hours", "48", "--above", "0.4")
	if version, r := rule(); version != 2 || r["hours"] != 48.0 || r["threshold"] != 0.4 || r["minimum"] != 20.0 || r["filter"] == nil {
		t.Errorf("version %v: %v", version, r)
	}
	if got := w.wantHeed(`"name":"Slow"`, "alert", "change", id, "--name", "Slow", "--measure", "latency_p95", "--above", "5000", "--filter", "", "--json"); !strings.Contains(got, `"version":3`) {
		t.Errorf("as JSON: %s", got)
	}
	if _, r := rule(); r["measure"] != "latency_p95" || r["minimum"] != 0.0 || r["filter"] != nil || r["hours"] != 48.0 {
		t.Errorf("another measure: %v", r)
	}
	for _, c := range []struct{ says, flags string }{
		{"nothing to change", ""}, {"must be more than 0", "--above 0"}, {"NAME=VALUE", "--filter search"}, {"must be 1 to 720", "--hours 0"}, {"goes with tag_share", "--tag x"},
	} {
		if _, stderr, status := w.heed(append([]string{"alert", "change", id}, strings.Fields(c.flags)...)...); status != 1 || !strings.Contains(stderr, c.says) {
			t.Errorf("%q: %d %s", c.flags, status, stderr)
		}
	}
	w.wantHeed("Slow does not fire before", "alert", "snooze", id)
	w.wantHeed("Slow is not snoozed any more.", "alert", "snooze", id, "--hours", "0")
	w.wantHeed("Slow is watched no more", "alert", "end", id)
	if _, stderr, status := w.heed("alert", "change", id, "--hours", "1"); status != 1 || !strings.Contains(stderr, "has ended") {
		t.Errorf("after its end: %d %s", status, stderr)
	}
}

// TestAlertIsShown: one alert is shown with its rule, its reading and all that
// became of it, as JSON too, and after its end.
func TestAlertIsShown(t *testing.T) {
	w := newFindingWorld(t)
	w.send(map[string]any{"type": "feedback", "id": "f1", "response_id": "r1", "vote": "down", "tags": []string{"unsafe"}, "user": "u1"})
	eventually(t, func() string {
		if got := call(t, http.MethodGet, w.server.url+"/v1/feedback/f1", "", bearer(w.keys.SecretKey)...); got.status != http.StatusOK {
			return got.text
		}
		return ""
	})
	id := strings.Fields(w.wantHeed("alt_", "alert", "create", "Bad \x1bvotes", "down_share", "--above", "0.35", "--minimum", "20", "--filter", "model=m1", "--filter", "feature=search", "--filter", "feature="))[0]
	w.wantHeed("does not fire before", "alert", "snooze", id, "--hours", "8")
	w.wantHeed("is changed", "alert", "change", id, "--below", "0.2", "--filter", "")
	shown := w.wantHeed(id, "alert", "show", id)
	for _, want := range []string{
		"Bad \ufffdvotes\n", "state    ok, snoozed since ", "snoozed  until ", "watches  down_share, below 0.2, of 20 or more, in the last 24 hours\n", "now      100.0 % of 1 votes",
		"down_share, above 0.35, of 20 or more, in the last 24 hours  feature=search feature= model=m1", "  key ",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not in\n%s", want, shown)
		}
	}
	if strings.Contains(shown, "filter ") || strings.Index(shown, "changed") > strings.Index(shown, "snoozed  key") || strings.Index(shown, "snoozed  key") > strings.Index(shown, "created  ") {
		t.Errorf("the history is not newest first, or there is a filter:\n%s", shown)
	}
	var detail struct {
		ID      string
		Version int
		History []struct{ What string }
	}
	if err := json.Unmarshal([]byte(w.wantHeed(id, "alert", "show", id, "--json")), &detail); err != nil || detail.ID != id || detail.Version != 3 || len(detail.History) != 3 {
		t.Errorf("%v: %+v", err, detail)
	}
	unsafe := strings.Fields(w.wantHeed("alt_", "alert", "create", "Harm", "unsafe"))[0]
	w.server.kill() // it judges as it starts, and then each minute
	w.server = serve(t, w.dir)
	fired := regexp.MustCompile(` fired +heed +1 piece of feedback says that an answer is unsafe, in the last 24 hours\.\n`)
	eventually(t, func() string {
		if out, _, _ := w.heed("alert", "show", unsafe); !fired.MatchString(out) || !strings.Contains(out, "firing since ") {
			return out
		}
		return ""
	})
	w.wantHeed("watched no more", "alert", "end", id)
	w.wantHeed("state    ended since ", "alert", "show", id)
	if _, stderr, status := w.heed("alert", "show", "alt_none"); status != 1 || !strings.Contains(stderr, "there is no such alert") {
		t.Errorf("one that is none: %d %s", status, stderr)
	}
}
