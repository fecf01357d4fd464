package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/heed-ai/heed/internal/crowd"
)

// floorEvents are what people say and do on answers of three weeks that are over:
// several may rate one answer, and some are not named.
func floorEvents(chance *rand.Rand, begin time.Time) (events []string) {
	const days, answers, voices = 21, 150, 900
	at := func(day int) string {
		return begin.AddDate(0, 0, day).Add(time.Duration(chance.IntN(24*60)) * time.Minute).Format(time.RFC3339)
	}
	for i := range answers {
		labels := fmt.Sprintf(`"model":"m%d","feature":"f%d","user":"u%d"`, i%2, i%3, chance.IntN(40))
		if i%10 > 0 { // the others never arrive
			events = append(events, fmt.Sprintf(`{"type":"response","response_id":"r%d","status":"ok","time":%q,%s}`, i, at(i*days/answers), labels))
		}
	}
	for i := range voices {
		answer, day := chance.IntN(answers), chance.IntN(days)
		who := fmt.Sprintf(`,"user":"u%d"`, chance.IntN(40))
		if chance.IntN(6) == 0 {
			who = ""
		}
		if chance.IntN(6) == 0 {
			events = append(events, fmt.Sprintf(`{"type":"signal","response_id":"r%d","name":"copied","time":%q}`, answer, at(day)))
			continue
		}
		said := []string{`"vote":"up"`, `"vote":"up"`, `"vote":"down","tags":["incorrect"]`, `"vote":"down","tags":["incorrect","slow"]`, `"tags":["slow"]`}[chance.IntN(5)]
		events = append(events, fmt.Sprintf(`{"type":"feedback","id":"f%d","response_id":"r%d","surface":"s%d","time":%q,%s%s}`, i, answer, chance.IntN(2), at(day), said, who))
	}
	return append(events, fmt.Sprintf(`{"type":"response","response_id":"last","feature":"last","time":%q}`, at(0)))
}

// floorNumbers asks for numbers of people, and names each by its step, group and
// kind.
func floorNumbers(t *testing.T, address string, headers []string) map[string]int64 {
	t.Helper()
	type group struct {
		Key                      map[string]string
		Rated, Up, Down, Unbound *int64
		Tags, Signals            map[string]int64
	}
	var answer struct {
		Groups []group
		Points []struct {
			Time   string
			Groups []group
		}
	}
	got := call(t, http.MethodGet, address, "", headers...)
	if err := json.Unmarshal([]byte(got.text), &answer); err != nil || got.status != http.StatusOK {
		t.Fatal(got.status, got.text)
	}
	numbers := map[string]int64{}
	add := func(at string, groups []group) {
		for _, g := range groups {
			of := fmt.Sprint(at, g.Key, " ")
			for name, n := range map[string]*int64{"rated": g.Rated, "up": g.Up, "down": g.Down, "unbound": g.Unbound} {
				if n != nil {
					numbers[of+name] = *n
				}
			}
			for _, counts := range []map[string]int64{g.Tags, g.Signals} {
				for name, n := range counts {
					numbers[of+name] = n
				}
			}
		}
	}
	add("", answer.Groups)
	for _, p := range answer.Points {
		add(p.Time, p.Groups)
	}
	return numbers
}

// TestCrowdsAreAFloor asks the same as an analyst and as who may see each person:
// no number that the analyst is told is the greater one.
func TestCrowdsAreAFloor(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "p")
	analyst, secret := signedIn(t, server, dir, "ann", "analyst"), bearer(project.SecretKey)
	begin := crowd.WeekOf(time.Now()).AddDate(0, 0, -21)
	chance := rand.New(rand.NewPCG(9, 10))
	events := floorEvents(chance, begin)
	sent := call(t, http.MethodPost, server.url+"/v1/events", `{"events":[`+strings.Join(events, ",")+`]}`, secret...)
	if !strings.Contains(sent.text, fmt.Sprintf(`"accepted":%d`, len(events))) {
		t.Fatal(sent.text)
	}
	eventually(t, func() string {
		got := call(t, http.MethodGet, server.url+"/v1/stats?feature=last", "", secret...)
		if !strings.Contains(got.text, `"responses":1,`) {
			return got.text
		}
		return ""
	})
	told := 0
	for range 150 {
		from := chance.IntN(21)
		q := url.Values{"from": {begin.AddDate(0, 0, from).Format(time.RFC3339)}, "to": {begin.AddDate(0, 0, from+1+chance.IntN(21-from)).Format(time.RFC3339)}}
		if by := []string{"", "model", "feature", "surface", "model,feature,surface"}[chance.IntN(5)]; by != "" {
			q.Set("by", by)
		}
		if chance.IntN(3) == 0 {
			q.Set([]string{"model", "surface"}[chance.IntN(2)], "m1")
		}
		path := "/v1/stats?"
		if chance.IntN(2) == 0 {
			path = "/v1/stats/series?"
			q.Set("step", []string{"1d", "2d", "7d"}[chance.IntN(3)])
		}
		truth := floorNumbers(t, server.url+path+q.Encode(), secret)
		for name, n := range floorNumbers(t, server.url+path+q.Encode(), analyst) {
			if n > truth[name] {
				t.Errorf("%s%s: an analyst is told %d of %d: %s", path, q.Encode(), n, truth[name], name)
			}
			if n > 0 {
				told++
			}
		}
	}
	t.Logf("%d numbers are told", told)
	if told < 300 {
		t.Error("hardly anything is told: this proves nothing")
	}
}
