package main

import (
	"net/http"
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
