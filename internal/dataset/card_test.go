package dataset_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/dataset"
)

func card() dataset.Card {
	at := time.Date(2026, 3, 29, 1, 30, 0, 0, time.UTC)
	d := heed.Dataset{
		ID: "ds_1", Name: "Help desk", Purpose: heed.ForEvaluation, PersonCap: 20, CreatedAt: at, CreatedBy: "usr_ada",
		Selection: heed.DatasetSelection{Filter: heed.FindingFilter{"feature": {"search", ""}}, From: at.AddDate(0, -1, 0), To: at},
	}
	v := heed.DatasetVersion{
		Dataset: d.ID, Number: 3, State: heed.DatasetReady, BegunAt: at, BuiltAt: at.Add(time.Minute), BuiltBy: "v1.2.0",
		Counts: heed.DatasetCounts{
			Marked: 1300, Items: 1204, People: 800, Nobody: 4, Capped: 60, Outside: 30, Gone: 6, Reviewed: 1000, Content: 900, Attached: 12,
			Notices: map[string]int64{"2-en": 10, "2-de": 2}, Trust: map[string]int64{"token": 1200, "public": 4}, Votes: map[string]int64{"down": 900, "up": 304},
		},
		Files: []heed.DatasetFile{{Format: "promptfoo", Name: "help-desk-v3.promptfoo.jsonl", Rows: 900, Bytes: 12345, SHA256: strings.Repeat("ab", 32)}},
	}
	return dataset.CardOf(d, v)
}

func TestCard(t *testing.T) {
	c := card()
	got := c.Markdown()
	file := filepath.Join("testdata", "card.md")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
	text, err := c.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var read map[string]any
	if err := json.Unmarshal(text, &read); err != nil || read["license"] != "not-stated" || read["person_cap"] != 20.0 {
		t.Errorf("%v: %v", err, read)
	}
}

// What is in front is YAML as the hub documents it, whatever the name is.
func TestCardInFront(t *testing.T) {
	for _, name := range []string{"Help desk", "a: b\n---\nlicense: mit", `"quoted" # {x}`, "<script>alert(1)</script> | [a](b) `c`"} {
		c := card()
		c.Name = name
		text := c.Markdown()
		_, rest, _ := strings.Cut(text, "---\n")
		front, body, _ := strings.Cut(rest, "\n---\n")
		var read struct {
			PrettyName     string   `yaml:"pretty_name"`
			License        string   `yaml:"license"`
			LicenseName    string   `yaml:"license_name"`
			SizeCategories []string `yaml:"size_categories"`
			Tasks          []string `yaml:"task_categories"`
			Tags           []string `yaml:"tags"`
			Configs        []struct {
				ConfigName string `yaml:"config_name"`
				DataFiles  string `yaml:"data_files"`
				Default    bool   `yaml:"default"`
			} `yaml:"configs"`
		}
		if err := yaml.UnmarshalWithOptions([]byte(front), &read, yaml.Strict()); err != nil {
			t.Errorf("%q: %v\n%s", name, err, front)
			continue
		}
		if read.PrettyName != name || read.License != "other" || read.LicenseName != "not-stated" || read.SizeCategories[0] != "1K<n<10K" || len(read.Configs) != 1 || !read.Configs[0].Default {
			t.Errorf("%q: %+v", name, read)
		}
		if strings.Contains(body, "<script>") || strings.Contains(body, "\nlicense: mit") {
			t.Errorf("%q stands in the text:\n%.300s", name, body)
		}
	}
}

// A card is printed on terminals, and steers none.
func TestCardOnATerminal(t *testing.T) {
	c := card()
	c.Name, c.License = "a\x1b]52;c;Y2FuYXJ5\a\u009b2Jb\u202ec", "l\x7f\u2066"
	c.Selection.Filter["tag"] = []string{"\x1b[31mred\n# more"}
	text := c.Markdown()
	if strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) || strings.Contains(text, "\n# more") {
		t.Errorf("%q", text)
	}
}

// A version that is not served says so.
func TestCardOfStale(t *testing.T) {
	c := card()
	c.Version = c.Version.Stale(heed.EndErased, time.Now())
	if text := c.Markdown(); !strings.Contains(text, "**This version is stale: somebody in it asked to be erased. Its files are not served.**") {
		t.Errorf("%s", text)
	}
}
