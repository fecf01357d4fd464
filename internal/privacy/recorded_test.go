package privacy_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/heed-ai/heed/internal/privacy"
)

// recorded returns the folder of recorded data that stands beside the
// repository, or skips the test.
func recorded(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		data := filepath.Join(filepath.Dir(dir), "shared", "data")
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			if _, err := os.Stat(data); err != nil {
				t.Skip("SKIPPED: no shared/data beside the repository, so nothing is measured on recorded texts; " +
					"TestCorpus covers the same detectors with generated ones")
			}
			return data
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Skip("SKIPPED: the test does not run inside the repository, so there is no recorded data to measure on")
		}
		dir = parent
	}
}

// readLines decodes a file of one JSON object a line, gzipped or not.
func readLines[T any](t *testing.T, path string) []T {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	var rows []T
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var row T
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

type goldSpan struct {
	Type       string
	Start, End int
}

// TestRecordedPersonalData measures against the gold spans of
// presidio-research. A finding inside nothing counts against precision. Of
// names and addresses, which take a model, only precision is held to a bar
// that means something; the recall is what it is, and is published.
func TestRecordedPersonalData(t *testing.T) {
	rows := readLines[struct {
		Text  string
		Spans []goldSpan
	}](t, filepath.Join(recorded(t), "C", "presidio-research", "dev.pii.jsonl.gz"))
	types := map[string]privacy.Type{
		"EMAIL_ADDRESS": privacy.Email, "PHONE_NUMBER": privacy.Phone, "CREDIT_CARD": privacy.Card,
		"IBAN_CODE": privacy.IBAN, "IP_ADDRESS": privacy.IP, "US_SSN": privacy.USSSN,
		"PERSON": privacy.Name, "TITLE": privacy.Name, "ADDRESS": privacy.Address, "STREET_ADDRESS": privacy.Address,
	}
	cleaner, scores := privacy.NewCleaner(), scoreboard{}
	for _, row := range rows {
		var gold []privacy.Finding
		for _, s := range row.Spans {
			if typ, ok := types[s.Type]; ok {
				gold = append(gold, privacy.Finding{Type: typ, Start: s.Start, End: s.End})
			}
		}
		found, err := cleaner.Find(privacy.NewRaw(row.Text))
		if err != nil {
			t.Fatal(err)
		}
		scores.compare(t, "", false, row.Text, gold, found)
	}
	scores.gate(t, map[privacy.Type]bar{
		privacy.Email: {.98, .98}, privacy.Card: {.98, .98}, privacy.USSSN: {.98, .98}, privacy.IP: {.98, .98},
		privacy.IBAN: {.95, .95}, privacy.Phone: {.80, .70}, privacy.Name: {.93, .38}, privacy.Address: {.90, .25},
	})
}

// TestRecordedOneLiners measures on the test tables of Presidio, each of which
// says how often its own recogniser must match.
func TestRecordedOneLiners(t *testing.T) {
	rows := readLines[struct {
		Recognizer  string
		Text        string
		ExpectedLen int `json:"expected_len"`
		Spans       [][2]int
	}](t, filepath.Join(recorded(t), "C", "presidio-analyzer-cases", "dev.cases.jsonl.gz"))
	types := map[string]privacy.Type{
		"credit_card": privacy.Card, "email": privacy.Email, "iban": privacy.IBAN, "ip": privacy.IP,
		"mac": privacy.MAC, "us_ssn": privacy.USSSN,
	}
	cleaner, scores := privacy.NewCleaner(), scoreboard{}
	for _, row := range rows {
		typ, ok := types[row.Recognizer]
		if !ok {
			continue
		}
		found, err := cleaner.Find(privacy.NewRaw(row.Text))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, f := range found {
			if f.Type == typ {
				n++
			}
		}
		score := scores.of(typ)
		score.hits += min(n, row.ExpectedLen)
		score.missed += max(0, row.ExpectedLen-n)
		score.wrong += max(0, n-row.ExpectedLen)
		if n != row.ExpectedLen {
			t.Logf("%s: found %d, want %d in %.120q", row.Recognizer, n, row.ExpectedLen, row.Text)
		}
	}
	scores.gate(t, map[privacy.Type]bar{
		privacy.Email: {.98, .98}, privacy.Card: {.98, .98}, privacy.IBAN: {.98, .98}, privacy.MAC: {.98, .98},
		privacy.IP: {.95, .85}, privacy.USSSN: {.98, .60},
	})
}

// TestRecordedSecrets measures on the test tables of three secret scanners.
// Their negatives mean that one rule must not fire, so that another kind of
// secret may well stand in them: only recall is held to a bar for those.
func TestRecordedSecrets(t *testing.T) {
	data := recorded(t)
	cleaner := privacy.NewCleaner()
	for _, set := range []struct {
		name, file                string
		minRecall, maxFalseAlarms float64
	}{
		{"gitleaks", filepath.Join("gitleaks", "dev.cases.jsonl.gz"), .80, .30},
		{"detect-secrets", filepath.Join("detect-secrets", "dev.cases.jsonl.gz"), .60, .20},
	} {
		rows := readLines[struct {
			Rule, Plugin, Text string
			IsSecret           bool `json:"is_secret"`
		}](t, filepath.Join(data, "C", set.file))
		var hits, positives, alarms, negatives int
		for _, row := range rows {
			found, err := cleaner.Find(privacy.NewRaw(row.Text))
			if err != nil {
				t.Fatal(err)
			}
			secret := slices.ContainsFunc(found, func(f privacy.Finding) bool {
				return f.Type == privacy.Secret || f.Type == privacy.URLCredentials || row.Plugin == "ip_public" && f.Type == privacy.IP
			})
			switch {
			case row.IsSecret && secret:
				hits++
			case row.IsSecret:
				t.Logf("%s: missed %s %s: %.110q", set.name, row.Rule, row.Plugin, row.Text)
			case secret:
				alarms++
				t.Logf("%s: alarm %s %s: %.110q", set.name, row.Rule, row.Plugin, row.Text)
			}
			if row.IsSecret {
				positives++
			} else {
				negatives++
			}
		}
		recall, alarmRate := float64(hits)/float64(positives), float64(alarms)/float64(negatives)
		t.Logf("%s: recall %.3f of %d, another rule's secret or false alarm in %.3f of %d", set.name, recall, positives, alarmRate, negatives)
		if recall < set.minRecall || alarmRate > set.maxFalseAlarms {
			t.Errorf("%s: want recall ≥ %.2f and alarms ≤ %.2f", set.name, set.minRecall, set.maxFalseAlarms)
		}
	}
}

// TestRecordedSecretFiles measures on CredSweeper's samples: how much of what
// it reports is covered, and how much is found in files that hold nothing.
func TestRecordedSecretFiles(t *testing.T) {
	rows := readLines[struct {
		File, Text string
		Gold       []struct {
			Rule  string
			Line  int `json:"line_num"`
			Start int `json:"value_start"`
			End   int `json:"value_end"`
		}
	}](t, filepath.Join(recorded(t), "C", "credsweeper", "dev.samples.jsonl.gz"))
	cleaner := privacy.NewCleaner()
	hits, all, prefixed, prefixedHits, quiet, alarms := 0, 0, 0, 0, 0, 0
	for _, row := range rows {
		found, err := cleaner.Find(privacy.NewRaw(row.Text))
		if err != nil {
			t.Fatal(err)
		}
		if len(row.Gold) == 0 {
			quiet += len(row.Text)
			for _, f := range found {
				if f.Type == privacy.Secret || f.Type == privacy.URLCredentials {
					alarms++
					t.Logf("alarm in %s: %.80q", row.File, string([]rune(row.Text)[f.Start:f.End]))
				}
			}
			continue
		}
		starts := lineStarts(row.Text)
		for _, g := range row.Gold {
			start, end := starts[g.Line-1]+g.Start, starts[g.Line-1]+g.End
			covered := slices.ContainsFunc(found, func(f privacy.Finding) bool { return f.Start < end && start < f.End })
			guessed := g.Rule == "Password" || g.Rule == "Secret" || g.Rule == "Key" || g.Rule == "Token" || g.Rule == "Credential"
			all++
			if !guessed {
				prefixed++
			}
			if covered {
				hits++
				if !guessed {
					prefixedHits++
				}
			} else {
				t.Logf("missed in %s: %s %.60q", row.File, g.Rule, string([]rune(row.Text)[start:min(end, start+60)]))
			}
		}
	}
	recall, named := float64(hits)/float64(all), float64(prefixedHits)/float64(prefixed)
	t.Logf("credsweeper: %.3f of %d covered, %.3f of the %d that are not free-form; %d alarms in %d bytes of quiet files",
		recall, all, named, prefixed, alarms, quiet)
	if recall < .70 || named < .79 || alarms > 12 {
		t.Error("want 0.70 covered, 0.79 of those that are not free-form, and 12 alarms at most")
	}
}

// lineStarts returns where each line begins, in code points.
func lineStarts(text string) []int {
	starts, n := []int{0}, 0
	for _, r := range text {
		n++
		if r == '\n' {
			starts = append(starts, n)
		}
	}
	return starts
}

// TestRecordedConversations counts what is found in ordinary conversations,
// in which there is next to nothing to find but names.
func TestRecordedConversations(t *testing.T) {
	rows := readLines[struct {
		Messages []struct {
			Content  string
			Feedback []struct{ Comment string }
		}
	}](t, filepath.Join(recorded(t), "A", "unified", "dev.conversations.jsonl"))
	cleaner, n, names, bytes := privacy.NewCleaner(), 0, 0, 0
	for _, row := range rows {
		for _, m := range row.Messages {
			texts := []string{m.Content}
			for _, f := range m.Feedback {
				texts = append(texts, f.Comment)
			}
			for _, text := range texts {
				bytes += len(text)
				found, err := cleaner.Find(privacy.NewRaw(text))
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range found {
					runes := []rune(text)
					t.Logf("%s in %.100q", f.Type, string(runes[max(0, f.Start-30):min(len(runes), f.End+10)]))
					switch f.Type {
					case privacy.Email, privacy.Phone:
					case privacy.Name:
						names++
					default:
						n++
					}
				}
			}
		}
	}
	t.Logf("%d findings besides %d names, e-mail addresses and phone numbers in %d kB", n, names, bytes/1000)
	if n > bytes/50_000 {
		t.Errorf("more than one in 50 kB")
	}
}
