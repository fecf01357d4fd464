package heed_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
)

func TestApply(t *testing.T) {
	at := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	target := heed.Target{ResponseID: "r1"}
	first := heed.Edit{
		Project: "p", ID: "f1", Target: target, Trust: heed.TrustServer,
		Vote: heed.Value(heed.VoteUp), Tags: heed.Value([]string{"b", "a", "b"}), Comment: heed.Value(struct{}{}),
	}
	var state heed.Feedback
	state.Apply(&first, at)
	want := heed.Feedback{
		Project: "p", ID: "f1", Target: target, Trust: heed.TrustServer, Vote: heed.VoteUp,
		Tags: []string{"a", "b"}, HasComment: true, CreatedAt: at, UpdatedAt: at,
	}
	if diff := cmp.Diff(want, state); diff != "" {
		t.Errorf("first state (-want +got):\n%s", diff)
	}

	later := at.Add(time.Hour)
	second := heed.Edit{
		Project: "p", ID: "f1", Target: target, Trust: heed.TrustToken,
		Score: heed.Value(heed.Score{Value: 2, Min: 1, Max: 5}), Tags: heed.Null[[]string](), Surface: "web",
	}
	state.Apply(&second, later)
	want.Score, want.Tags, want.Surface = &heed.Score{Value: 2, Min: 1, Max: 5}, []string{}, "web"
	want.Trust, want.UpdatedAt = heed.TrustToken, later
	if diff := cmp.Diff(want, state); diff != "" {
		t.Errorf("after an edit (-want +got):\n%s", diff)
	}

	back := heed.Retraction(&state, heed.TrustServer)
	state.Apply(&back, later.Add(time.Hour))
	if state.Vote != heed.VoteNone || state.Score != nil || state.HasComment || len(state.Tags) > 0 || state.Rates() {
		t.Errorf("after a retraction: %+v", state)
	}
	if state.Trust != heed.TrustToken {
		t.Errorf("trust is %s, want that of the weakest writer", state.Trust)
	}
}

// TestMergeInAnyOrder: the parts of a response make the same response in
// whatever order, and however often, they come.
func TestMergeInAnyOrder(t *testing.T) {
	received := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	number := func(n float64) *float64 { return &n }
	type part struct {
		heed.Response
		at heed.Version
	}
	var parts []part
	for i := range 5 {
		r := heed.Response{ID: "r", Time: received.Add(time.Duration(i-2) * time.Second)}
		switch i {
		case 0:
			r.Model, r.Status = "early", heed.StatusOK
		case 1:
			r.Model, r.DurationMS = "late", number(7)
		case 2:
			r.Provider, r.Time = "p", time.Time{}
		case 3:
			r.DurationMS, r.Respondent = number(9), heed.Respondent{1}
		case 4:
			r.Time, r.Status = parts[0].Time, heed.StatusError // as late as the first, received later
		}
		parts = append(parts, part{r, heed.VersionOf(r.Time, received.Add(time.Duration(i)*time.Minute))})
	}
	fold := func(order []int) heed.Response {
		state, base := parts[order[0]].Response, parts[order[0]].at
		var versions heed.Versions
		for _, i := range order[1:] {
			versions, _ = state.Merge(base, versions, &parts[i].Response, parts[i].at)
		}
		return state
	}
	want := fold([]int{0, 1, 2, 3, 4})
	if want.Model != "late" || *want.DurationMS != 9 || want.Status != heed.StatusError || want.Provider != "p" {
		t.Errorf("merged: %+v", want)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		order := random.Perm(len(parts))
		for range 3 {
			order = append(order, random.IntN(len(parts)))
		}
		if diff := cmp.Diff(want, fold(order)); diff != "" {
			t.Fatalf("in the order %v (-want +got):\n%s", order, diff)
		}
	}
}

// Versions stored by a Heed that knew fewer fields keep counting for those.
func TestMergeWithVersionsOfFewerFields(t *testing.T) {
	at := func(n int64) heed.Version { return heed.Version{Time: n, Received: n} }
	r := heed.Response{ID: "r"}
	r.Operation = "chat"
	// Time and Operation, the first two of the list, are as of 5; the row is as of 1.
	stored := heed.Versions{at(5), at(5)}
	older := heed.Response{ID: "r"}
	older.Operation, older.Model = "older", "m"
	versions, changed := r.Merge(at(1), stored, &older, at(3))
	if r.Operation != "chat" || r.Model != "m" || !changed {
		t.Errorf("merged: %+v (changed %v)", r, changed)
	}
	if versions[1] != at(5) || versions[2] != at(1) || versions[3] != at(3) {
		t.Errorf("versions: %v", versions[:4])
	}
}

func TestValidate(t *testing.T) {
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	whole, far := int64(-1), 1e300
	long := strings.Repeat("x", 257)
	for _, c := range []struct {
		name  string
		value interface{ Validate(time.Time) error }
		field string // "" means valid
	}{
		{"response", &heed.Response{ID: "r"}, ""},
		{"256 bytes", &heed.Response{ID: heed.ResponseID(long[:256])}, ""},
		{"no id", &heed.Response{}, "response_id"},
		{"257 bytes", &heed.Response{ID: heed.ResponseID(long)}, "response_id"},
		{"NUL", &heed.Response{ID: "a\x00"}, "response_id"},
		{"not UTF-8", &heed.Response{ID: "a\xff"}, "response_id"},
		{"a day ahead", &heed.Response{ID: "r", Time: now.Add(24*time.Hour + time.Second)}, "time"},
		{"old", &heed.Response{ID: "r", Time: earliestMinus(time.Second)}, "time"},
		{"negative tokens", &heed.Response{ID: "r", Usage: heed.Usage{InputTokens: &whole}}, "input_tokens"},
		{"absurd cost", &heed.Response{ID: "r", Usage: heed.Usage{CostUSD: &far}}, "cost_usd"},
		{"unknown status", &heed.Response{ID: "r", Outcome: heed.Outcome{Status: "fine"}}, "status"},
		{"unknown error", &heed.Response{ID: "r", Outcome: heed.Outcome{ErrorType: "gremlins"}}, "error_type"},
		{"signal", &heed.Signal{ResponseID: "r", Name: "shown"}, ""},
		{"unknown signal", &heed.Signal{ResponseID: "r", Name: "winked"}, "name"},
		{"change", &heed.Change{Name: "prompt"}, ""},
		{"nameless change", &heed.Change{}, "name"},
		{"edit", &heed.Edit{ID: "f", Target: heed.Target{TraceID: "t"}}, ""},
		{"edit by its id alone", &heed.Edit{ID: "f"}, ""},
		{"id with a space", &heed.Edit{ID: "a b", Target: heed.Target{ResponseID: "r"}}, "id"},
		{"score upside down", &heed.Edit{ID: "f", Target: heed.Target{ResponseID: "r"}, Score: heed.Value(heed.Score{Value: 1, Min: 2, Max: 1})}, "score"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.value.Validate(now)
			e, isError := errors.AsType[*heed.Error](err)
			switch {
			case c.field == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.field != "" && (!isError || e.Code != heed.Invalid || e.Fields[0].Location != c.field):
				t.Errorf("error %v, want one on %s", err, c.field)
			}
		})
	}
}

func earliestMinus(d time.Duration) time.Time {
	return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(-d)
}

func TestValidOrigin(t *testing.T) {
	for origin, want := range map[string]bool{
		"https://app.example.com": true, "http://localhost:8080": true, "https://app.example.com/": false,
		"https://app.example.com/x": false, "app.example.com": false, "null": false, "": false,
		"ftp://example.com": false, "https://user@example.com": false, "https://example.com?x": false,
		"https://*": false, "https://*.example.com": false, "https://App.example.com": true, "https://bücher.example": false,
		"https://xn--bcher-kva.example": true, "https://example.com:443": false, "http://example.com:80": false, "https://example.com:8443": true,
		"https://example.com:": false, "http://[::1]:3000": true,
	} {
		if got := heed.ValidOrigin(origin); got != want {
			t.Errorf("ValidOrigin(%q) = %v", origin, got)
		}
	}
}
