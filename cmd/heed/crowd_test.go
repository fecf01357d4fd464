package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/crowd"
	"github.com/heed-ai/heed/internal/store"
)

// crowdDays is how many days the data of the test are of: a week and a half, all of
// them over.
const crowdDays = 9

// crowdData is feedback of people who each speak once, by model, feature and day.
type crowdData struct {
	server   string
	project  string
	begin    time.Time
	values   map[string][]string
	combined []map[string]string
	people   []int // by combination and day
}

func (d *crowdData) cell(combination, day int) int { return combination*crowdDays + day }

// sum returns the cells of combinations with the given values, of days.
func (d *crowdData) sum(key map[string]string, from, to int) (set cells) {
	for i, combination := range d.combined {
		if matchesAll(combination, key) {
			for day := from; day < to; day++ {
				set.add(d.cell(i, day))
			}
		}
	}
	return set
}

func matchesAll(combination, key map[string]string) bool {
	for name, value := range key {
		if !slices.Contains(strings.Split(value, "|"), combination[name]) {
			return false
		}
	}
	return true
}

// truth counts the people of cells.
func (d *crowdData) truth(set cells) (n int) {
	for i, people := range d.people {
		if set.has(i) {
			n += people
		}
	}
	return n
}

// newCrowdData makes people up: here few, there more, and releases that only some
// features have.
func newCrowdData(seed uint64, server, project string) *crowdData {
	chance := rand.New(rand.NewPCG(seed, 7))
	d := &crowdData{
		server: server, project: project,
		begin:  crowd.WeekOf(time.Now()).Add(-21 * 24 * time.Hour),
		values: map[string][]string{"model": {"m1", "m2"}, "feature": {"f1", "f2", "f3"}, "release": {"1", "2"}},
	}
	for _, model := range d.values["model"] {
		for _, feature := range d.values["feature"] {
			release := "1"
			if feature == "f3" {
				release = "2"
			}
			d.combined = append(d.combined, map[string]string{"model": model, "feature": feature, "release": release})
		}
	}
	for range d.combined {
		usual := chance.IntN(9)
		for range crowdDays {
			d.people = append(d.people, chance.IntN(usual+2))
		}
	}
	return d
}

// send has everybody answered, and say something.
func (d *crowdData) send(t *testing.T, secret string) {
	t.Helper()
	var events []string
	for i, combination := range d.combined {
		for day := range crowdDays {
			at := d.begin.AddDate(0, 0, day).Add(9 * time.Hour)
			labels := fmt.Sprintf(`"model":%q,"feature":%q,"release":%q`, combination["model"], combination["feature"], combination["release"])
			for n := range 10 {
				id := fmt.Sprintf("r-%d-%d-%d", i, day, n)
				events = append(events, fmt.Sprintf(`{"type":"response","response_id":%q,"status":"ok","time":%q,%s}`, id, at.Format(time.RFC3339), labels))
				if n < d.people[d.cell(i, day)] {
					vote := []string{"up", "down"}[(i+day+n)%2]
					events = append(events, fmt.Sprintf(`{"type":"feedback","response_id":%q,"vote":%q,"tags":["incorrect"],"user":"u-%s","time":%q}`,
						id, vote, id, at.Add(time.Duration(n)*time.Minute).Format(time.RFC3339)))
				}
			}
		}
	}
	sent := call(t, http.MethodPost, d.server+"/v1/events", `{"events":[`+strings.Join(events, ",")+`]}`, bearer(secret)...)
	if !strings.Contains(sent.text, `"accepted":`+strconv.Itoa(len(events))) {
		t.Fatal(sent.text)
	}
	eventually(t, func() string {
		got := call(t, http.MethodGet, d.server+"/v1/stats", "", bearer(secret)...)
		if everything := d.truth(d.sum(nil, 0, crowdDays)); !strings.Contains(got.text, `"respondents":`+strconv.Itoa(everything)+",") {
			return got.text
		}
		return ""
	})
}

// toldGroup is an answer about one key and window.
type toldGroup struct {
	key      map[string]string
	from, to int
	by       []string
	rated    *int
	people   *int
}

// ask asks for tables of every kind: by one, two and all dimensions, filtered by
// one, two and several values, filtered and divided, for windows of every length.
func (d *crowdData) ask(t *testing.T, headers []string) (all []toldGroup) {
	t.Helper()
	questions := []url.Values{{}, {"by": {"model"}}, {"by": {"feature"}}, {"by": {"release"}}, {"by": {"model,feature"}}, {"by": {"model,feature,release"}}}
	for _, name := range slices.Sorted(maps.Keys(d.values)) {
		questions = append(questions, url.Values{name: d.values[name][:1]})
	}
	questions = append(questions, url.Values{"model": {"m1"}, "by": {"release"}}, url.Values{"feature": {"f1", "f2"}})
	for _, from := range []int{0, 1, 2, 6, 7, 8} {
		for to := from + 1; to <= crowdDays; to++ {
			for _, q := range questions {
				all = append(all, d.askOne(t, headers, maps.Clone(q), from, to)...)
			}
		}
	}
	return all
}

func (d *crowdData) askOne(t *testing.T, headers []string, q url.Values, from, to int) (all []toldGroup) {
	t.Helper()
	fixed := map[string]string{}
	for name := range d.values {
		if q.Has(name) {
			fixed[name] = strings.Join(q[name], "|")
		}
	}
	var by []string
	if q.Has("by") {
		by = strings.Split(q.Get("by"), ",")
	}
	if headers[0] == "Cookie" {
		q.Set("project", d.project)
	}
	q.Set("from", d.begin.AddDate(0, 0, from).Format(time.RFC3339))
	q.Set("to", d.begin.AddDate(0, 0, to).Format(time.RFC3339))
	got := call(t, http.MethodGet, d.server+"/v1/stats?"+q.Encode(), "", headers...)
	var stats struct {
		Groups []struct {
			Key                map[string]string
			Rated, Respondents *int
			Responses          int
		}
	}
	if err := json.Unmarshal([]byte(got.text), &stats); err != nil || got.status != http.StatusOK {
		t.Fatal(got.status, got.text)
	}
	for _, g := range stats.Groups {
		one := toldGroup{key: maps.Clone(fixed), from: from, to: to, by: by, rated: g.Rated, people: g.Respondents}
		maps.Copy(one.key, g.Key)
		all = append(all, one)
	}
	return all
}

// naive learns from numbers of which each by itself is told or hidden.
func (d *crowdData) naive(all []toldGroup, k int) *solver {
	s := newSolver(len(d.people))
	for _, one := range all {
		set := d.sum(one.key, one.from, one.to)
		if *one.people < k {
			s.learn(set, between{0, k - 1})
		} else {
			s.learn(set, between{*one.rated, *one.rated})
		}
	}
	return s
}

// crowds learns from what crowds tell all that follows for who knows how they
// come about: there were at least as many voices as are told and, from Monday on
// and where nothing divides further, fewer than k more.
func (d *crowdData) crowds(all []toldGroup, k int) *solver {
	s := newSolver(len(d.people))
	for _, one := range all {
		n := one.number()
		high := unbounded
		if len(one.by) == len(d.values) && one.from%7 == 0 && one.to <= one.from+7 {
			high = n + k - 1
		}
		s.learn(d.sum(one.key, one.from, one.to), between{n, high})
	}
	return s
}

// recovered lists the sums of fewer than k people, of all that can be asked for,
// that a solver knows for certain, and fails where what it knows is not so.
func (d *crowdData) recovered(t *testing.T, s *solver, all []toldGroup, k int) (list []string) {
	t.Helper()
	s.solve()
	for _, one := range all {
		set := d.sum(one.key, one.from, one.to)
		truth, known := d.truth(set), s.of(set)
		if known.low > truth || known.high < truth {
			t.Fatalf("the solver takes %d people for %d to %d", truth, known.low, known.high)
		}
		if truth < k && known.low == known.high {
			list = append(list, fmt.Sprintf("%v, days %d to %d: %d", one.key, one.from, one.to, truth))
		}
	}
	return list
}

// analyst signs a member in who may read numbers and no items.
func (w *accessWorld) analyst(t *testing.T) []string {
	t.Helper()
	_, cookie := w.credential(t, caller{name: "analyst", role: store.Analyst})
	return []string{"Cookie", cookie}
}

// TestDifferencesOfCrowds asks for every table of random data and solves for what
// the analyst is not told. The same solver recovers what hiding each small number
// by itself does not tell.
func TestDifferencesOfCrowds(t *testing.T) {
	w := newAccessWorld(t)
	ctx := audit.By(t.Context(), audit.Actor{Kind: audit.Operator})
	analyst := w.analyst(t)
	for seed, k := range map[uint64]int{1: 5, 2: 3} {
		t.Run(fmt.Sprintf("k=%d, data %d", k, seed), func(t *testing.T) {
			name := fmt.Sprintf("crowd %d", seed)
			policy := heed.DefaultPrivacy()
			policy.SmallestGroup = k
			_, secret, _, err := w.app.authority.CreateProject(ctx, heed.Project{Name: name, Privacy: policy})
			if err != nil {
				t.Fatal(err)
			}
			d := newCrowdData(seed, w.app.server.URL(), name)
			d.send(t, secret)
			all := d.ask(t, analyst)
			if got := d.recovered(t, d.crowds(all, k), all, k); len(got) > 0 {
				t.Errorf("an analyst can work out %d numbers of fewer than %d people, such as %s", len(got), k, got[0])
			}
			if got := d.differences(all, k); len(got) > 0 {
				t.Errorf("%d answers differ by fewer than %d people, such as %s", len(got), k, got[0])
			}
			for _, one := range all {
				if truth := d.truth(d.sum(one.key, one.from, one.to)); one.number() > truth {
					t.Errorf("%v, days %d to %d: %d are told of %d", one.key, one.from, one.to, one.number(), truth)
				}
			}
			n := d.tells(all)
			t.Logf("%d answers tell %.0f %% of what was said", len(all), 100*n)
			if n < 0.5 {
				t.Errorf("an analyst is told %.0f %% of what was said", 100*n)
			}
			if seed > 1 {
				return
			}
			exact := d.ask(t, bearer(secret))
			got := d.recovered(t, d.naive(exact, k), exact, k)
			t.Logf("of numbers that are hidden one by one, %d of fewer than %d people are recovered", len(got), k)
			if len(got) == 0 {
				t.Error("the solver recovers nothing where each number is hidden by itself: it proves nothing")
			}
			if got := d.differences(exact, k); len(got) == 0 {
				t.Error("exact answers never differ by few people: that of crowds do not proves nothing")
			}
		})
	}
}

// differences lists what is left over by fewer than k people where one answer is
// subtracted from another that it is a part of.
func (d *crowdData) differences(all []toldGroup, k int) (list []string) {
	for _, part := range all {
		for _, whole := range all {
			if part.within(whole) {
				if n := whole.number() - part.number(); n != 0 && n < k {
					list = append(list, fmt.Sprintf("%v, days %d to %d, and %v, days %d to %d: %d", part.key, part.from, part.to, whole.key, whole.from, whole.to, n))
				}
			}
		}
	}
	return list
}

// number is how many votes are told; 0 where that is not.
func (g toldGroup) number() int {
	if g.rated == nil {
		return 0
	}
	return *g.rated
}

// within reports whether a group is a part of another: of no other time, and of
// no other values.
func (g toldGroup) within(whole toldGroup) bool {
	if g.from < whole.from || g.to > whole.to {
		return false
	}
	for name, values := range whole.key {
		for value := range strings.SplitSeq(g.key[name], "|") {
			if !slices.Contains(strings.Split(values, "|"), value) {
				return false
			}
		}
	}
	return true
}

// tells returns the share of all votes that is in the answer to the widest
// question.
func (d *crowdData) tells(all []toldGroup) float64 {
	for _, one := range all {
		if len(one.key) == 0 && one.from == 0 && one.to == crowdDays && one.rated != nil {
			return float64(*one.rated) / float64(d.truth(d.sum(nil, 0, crowdDays)))
		}
	}
	return 0
}

// TestNoCrowdIsMadeUp: who has the key that stands in a page makes up people, in
// whose company a single one would be told.
func TestNoCrowdIsMadeUp(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "p", "--origin", "https://app.example.com")
	analyst := signedIn(t, server, dir, "ann", "analyst")
	at := time.Now().AddDate(0, 0, -8).UTC().Format(time.RFC3339) // of a week that is over
	sent := call(t, http.MethodPost, server.url+"/v1/events", `{"events":[{"type":"response","response_id":"r1","time":"`+at+`","model":"m"},
		{"type":"feedback","response_id":"r1","time":"`+at+`","vote":"down","user":"ada"}]}`, bearer(project.SecretKey)...)
	if sent.status != http.StatusOK {
		t.Fatal(sent.text)
	}
	page := append(bearer(project.PublishableKey), "Origin", "https://app.example.com")
	for i := range 12 {
		made := call(t, http.MethodPost, server.url+"/v1/events", fmt.Sprintf(`{"events":[{"type":"feedback","response_id":"r1","time":"%s","vote":"up","user":"made up %d"}]}`, at, i), page...)
		if made.status != http.StatusOK || !strings.Contains(made.text, `"accepted":1`) {
			t.Fatal(made.text)
		}
	}
	eventually(t, func() string {
		all := call(t, http.MethodGet, server.url+"/v1/stats", "", bearer(project.SecretKey)...)
		if !strings.Contains(all.text, `"up":12,"down":1,`) {
			return all.text
		}
		return ""
	})
	if some := call(t, http.MethodGet, server.url+"/v1/stats", "", analyst...); !strings.Contains(some.text, `"down":null`) {
		t.Errorf("an analyst is told how one person voted, in a crowd that a page made up: %s", some.text)
	}
}

// TestSettingsCountNobody: what an analyst sees of settings and of retention counts
// nothing that single people did, whose numbers are told in crowds everywhere else.
func TestSettingsCountNobody(t *testing.T) {
	past(night())
	server, dir, project, offer := attaching(t)
	sk := bearer(project.SecretKey)
	sayLongAgo(t, server, project, "ada", 5)
	attached := call(t, http.MethodPost, server.url+"/v1/attachments", offer.body("feedback-ada", `"parts":[{"role":"user","text":"x"}]`), sk...)
	if attached.status != http.StatusCreated {
		t.Fatal(attached.text)
	}
	patched := call(t, http.MethodPatch, server.url+"/v1/project", `{"privacy":{"retention_days":{"feedback":2,"signals":2,"responses":2}}}`, sk...)
	if patched.status != http.StatusOK {
		t.Fatal(patched.text)
	}
	analyst, reviewer := signedIn(t, server, dir, "ann", "analyst"), signedIn(t, server, dir, "rae", "reviewer")
	const oneFeedback, oneAttached = `"due":1,"deleted":0}`, `"attachments":1`
	for path, counts := range map[string][]string{"/v1/retention?project=p": {oneFeedback}, "/v1/project?project=p": {oneAttached}} {
		all, some := call(t, http.MethodGet, server.url+path, "", reviewer...), call(t, http.MethodGet, server.url+path, "", analyst...)
		for _, one := range counts {
			if !strings.Contains(all.text, one) {
				t.Errorf("a reviewer is not told %s: %s", one, all.text)
			}
		}
		if some.status != http.StatusOK || strings.Contains(some.text, oneAttached) || strings.Count(some.text, `"due":1`) > 1 { // of answers, which are the product's
			t.Errorf("an analyst is told %s", some.text)
		}
	}
	var status struct {
		Classes []struct {
			Class        string
			Due, Deleted int64
			Untold       bool
		}
	}
	if err := json.Unmarshal([]byte(call(t, http.MethodGet, server.url+"/v1/retention?project=p", "", analyst...).text), &status); err != nil {
		t.Fatal(err)
	}
	for _, c := range status.Classes {
		people := slices.Contains([]string{"feedback", "signals", "attachments"}, c.Class)
		if c.Untold != people || people && c.Due+c.Deleted > 0 {
			t.Errorf("an analyst is told %+v", c)
		}
	}
}
