package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// TestPublications publishes, reads as nobody, asks again, withdraws, and publishes
// until the budget is spent.
func TestPublications(t *testing.T) {
	w := newAccessWorld(t)
	server, midnight := w.app.server.URL(), time.Now().UTC().Truncate(24*time.Hour)
	var events []string
	for i := range 400 {
		at := midnight.Add(-time.Duration(1+i%48) * time.Hour).Format(time.RFC3339)
		events = append(events,
			fmt.Sprintf(`{"type":"response","response_id":"p%d","model":"m%d","status":"ok","time":%q}`, i, i%2, at),
			fmt.Sprintf(`{"type":"feedback","response_id":"p%d","vote":"up","user":"u-%d","time":%q}`, i, i%100, at))
	}
	sent := call(t, http.MethodPost, server+"/v1/events", `{"events":[`+strings.Join(events, ",")+`]}`, bearer(w.ours.secret)...)
	if !strings.Contains(sent.text, `"accepted":800`) {
		t.Fatal(sent.text)
	}
	eventually(t, func() string {
		if got := call(t, http.MethodGet, server+"/v1/stats", "", bearer(w.ours.secret)...); !strings.Contains(got.text, `"rated":401`) {
			return got.text
		}
		return ""
	})
	_, cookie := w.credential(t, caller{role: store.PrivacyOfficer})
	officer := []string{"Cookie", cookie, "Sec-Fetch-Site", "same-origin"}
	publish := func(days int, by string) answer {
		return call(t, http.MethodPost, server+"/v1/publications?project=ours", fmt.Sprintf(`{"from":%q,"to":%q,"by":%q,"epsilon_thousandths":2000}`,
			midnight.AddDate(0, 0, -days).Format(time.RFC3339), midnight.Format(time.RFC3339), by), officer...)
	}
	first := publish(3, "")
	var p heed.Publication
	if err := json.Unmarshal([]byte(first.text), &p); err != nil || first.status != http.StatusCreated || len(p.Rows) != 1 {
		t.Fatal(first.status, first.text)
	}
	// A hundred people voted, each four times. That noise of this scale is beyond
	// 15 happens once in ten billion times.
	if up := p.Rows[0].Up; up < 85 || up > 115 || p.Rows[0].Down > 15 {
		t.Errorf("a hundred people are published as %+v", p.Rows[0])
	}
	path := server + "/v1/publications/" + p.ID
	if again, read := publish(3, ""), call(t, http.MethodGet, path, ""); again.text != first.text || read.text != first.text {
		t.Errorf("published %s, then %s, and read %s", first.text, again.text, read.text)
	}
	page := call(t, http.MethodGet, server+"/published/"+p.ID, "")
	if page.status != http.StatusOK || !strings.Contains(page.text, fmt.Sprintf("<td>%d</td>", p.Rows[0].Up)) {
		t.Error(page.status, page.text)
	}
	if gone := call(t, http.MethodDelete, path+"?project=ours", "", officer...); gone.status != http.StatusOK {
		t.Error(gone.text)
	}
	for _, address := range []string{path, server + "/published/" + p.ID, server + "/v1/publications/pub_none"} {
		if got := call(t, http.MethodGet, address, ""); got.status != http.StatusNotFound {
			t.Errorf("%s after it was withdrawn: %d", address, got.status)
		}
	}
	for _, test := range []struct {
		days int
		by   string
		want int
	}{{0, "", 400}, {400, "", 400}, {3, "vote", 400}, {3, "surface", 400}, {3, "model", 201}, {4, "model", 409}, {3, "", 201}} {
		if got := publish(test.days, test.by); got.status != test.want {
			t.Errorf("%d days by %q: %d %s", test.days, test.by, got.status, got.text)
		}
	}
	list := call(t, http.MethodGet, server+"/v1/publications", "", bearer(w.ours.secret)...)
	if diff := cmp.Diff(4000.0, list.body["spent_thousandths"]); diff != "" {
		t.Errorf("spent (-want +got):\n%s", diff)
	}
	if other := call(t, http.MethodGet, server+"/v1/publications", "", bearer(w.theirs.secret)...); strings.Contains(other.text, "pub_") {
		t.Error(other.text)
	}
}
