package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRealInput takes rated conversations through the converter, heed import
// (twice) and GET /v1/stats, and holds the numbers against a count made
// straight from the conversations.
func TestRealInput(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Fatal("python3 is needed to run the converter: make test installs it")
	}
	t.Run("sample", func(t *testing.T) {
		throughHeed(t, filepath.Join("..", "..", "examples", "conversations", "sample.jsonl"))
	})
	t.Run("recorded", func(t *testing.T) {
		dir, ok := sharedData()
		if !ok {
			t.Skip("SKIPPED: the recorded conversations are not beside this repository; the sample above covers the same way")
		}
		throughHeed(t, filepath.Join(dir, "A", "unified", "dev.conversations.jsonl"))
	})
}

// conversation is as much of the input as counting needs.
type conversation struct {
	Dataset     string
	Messages    []ratedMessage
	Preferences []struct{ A, B, Preferred string }
}

type ratedMessage struct {
	ID, Role string
	Feedback []rating
}

type rating struct {
	Kind          string
	Value         float64
	Scale         []float64
	Tags, Missing []any
	Up, Down      int
	RedFlag       int `json:"red_flag"`
	Comment       string
}

// tally is what /v1/stats must say of one dataset.
type tally struct {
	Responses, Rated, Up, Down int
	Share, Low, High           string // to six places; "" without votes
}

// tallies counts by the rules of the README, without events, ids or Heed.
func tallies(t *testing.T, file string) map[string]tally {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	counts := map[string]tally{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var c conversation
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		sum := counts[c.Dataset]
		for _, m := range c.Messages {
			if m.Role != "assistant" && len(m.Feedback) == 0 {
				continue
			}
			sum.Responses++
			rated := false
			for _, r := range m.Feedback {
				up, down, rates := r.votes()
				sum.Up, sum.Down = sum.Up+up, sum.Down+down
				rated = rated || rates
			}
			if rated {
				sum.Rated++
			}
		}
		counts[c.Dataset] = sum
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	for name, sum := range counts {
		if n := float64(sum.Up + sum.Down); n > 0 {
			// The score interval as the roots of (p̂−p)² = z²p(1−p)/n.
			p, z2 := float64(sum.Up)/n, 1.959963984540054*1.959963984540054
			a, b, c := 1+z2/n, -(2*p + z2/n), p*p
			root := math.Sqrt(b*b - 4*a*c)
			sum.Share, sum.Low, sum.High = places(p), places((-b-root)/(2*a)), places((-b+root)/(2*a))
		}
		counts[name] = sum
	}
	return counts
}

func places(x float64) string { return fmt.Sprintf("%.6f", math.Abs(x)) }

// votes counts what one rating comes to, and whether it rates at all.
func (r rating) votes() (up, down int, rates bool) {
	switch r.Kind {
	case "thumb":
		if r.Value == 1 {
			return 1, 0, true
		}
		return 0, 1, true
	case "rating_label", "stars":
		switch middle := (r.Scale[0] + r.Scale[1]) / 2; {
		case r.Value > middle:
			return 1, 0, true
		case r.Value < middle:
			return 0, 1, true
		}
		return 0, 0, true // a score is a rating without a vote
	case "thumb_count":
		return r.Up, r.Down + r.RedFlag, r.Up+r.Down+r.RedFlag > 0
	case "span_errors":
		if len(r.Tags)+len(r.Missing) > 0 {
			return 0, 1, true
		}
	}
	return 0, 0, false
}

func throughHeed(t *testing.T, file string) {
	t.Helper()
	events := filepath.Join(t.TempDir(), "events.jsonl")
	convert := exec.Command("python3", filepath.Join("..", "..", "examples", "conversations", "convert.py"), file)
	converted, err := convert.Output()
	if err != nil {
		t.Fatal(err)
	}
	write(t, events, string(converted))
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "real")
	lines := strings.Count(string(converted), "\n")
	for range 2 { // importing again changes nothing
		stdout, stderr, status := runHeedWith(t, []string{"HEED_URL=" + server.url, "HEED_KEY=" + project.SecretKey}, "import", "--json", events)
		var summary struct{ Accepted int }
		if err := json.Unmarshal([]byte(stdout), &summary); err != nil || status != 0 || summary.Accepted != lines {
			t.Fatalf("import of %d lines: status %d, %s%s", lines, status, stdout, stderr)
		}
	}
	want := tallies(t, file)
	eventually(t, func() string { return cmp.Diff(want, statsByFeature(t, server, project)) })
	for name, sum := range want {
		t.Logf("%s: %d responses, %d up, %d down, share %s (%s to %s)", name, sum.Responses, sum.Up, sum.Down, sum.Share, sum.Low, sum.High)
	}
}

// statsByFeature reads the numbers back, in the form of the tallies.
func statsByFeature(t *testing.T, server *process, project newProject) map[string]tally {
	t.Helper()
	got := call(t, http.MethodGet, server.url+"/v1/stats?by=feature", "", bearer(project.SecretKey)...)
	var stats struct {
		Groups []struct {
			Key                        map[string]string
			Responses, Rated, Up, Down int
			Positive                   struct{ Share, Low, High *float64 }
		}
	}
	if err := json.Unmarshal([]byte(got.text), &stats); err != nil {
		t.Fatal(err)
	}
	tallies := map[string]tally{}
	for _, g := range stats.Groups {
		sum := tally{Responses: g.Responses, Rated: g.Rated, Up: g.Up, Down: g.Down}
		if g.Positive.Share != nil {
			sum.Share, sum.Low, sum.High = places(*g.Positive.Share), places(*g.Positive.Low), places(*g.Positive.High)
		}
		tallies[g.Key["feature"]] = sum
	}
	return tallies
}
