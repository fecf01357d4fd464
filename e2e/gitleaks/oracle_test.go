// Package gitleaks holds redaction against another's opinion: what the rules of
// gitleaks that know a secret by its own form find, redaction must find as
// well. It is a module of its own, so that gitleaks is in no binary.
package gitleaks

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/lucasjones/reggen"
	"github.com/zricethezav/gitleaks/v8/config"
	"github.com/zricethezav/gitleaks/v8/detect"

	"github.com/heed-ai/heed/internal/privacy"
)

// exceptions are the rules of gitleaks that need not be matched, with the
// reason why not.
var exceptions = map[string]string{
	"flutterwave-public-key":   "publishable: it is in every page that takes payments",
	"jwt":                      "takes any two words that begin with ey; ours must decode to a header of a token",
	"jwt-base64":               "takes line ends inside, and any text behind the first characters; ours must be in one piece",
	"private-key":              "takes any block that ends in KEY-----; ours is one as PEM and PGP write it, also without its end",
	"maxmind-license-key":      "known by its last characters alone",
	"facebook-access-token":    "a number, a bar and a word: the name that it is given tells, or nothing",
	"vault-service-token":      "takes 24 letters behind s. of one case alone, as a call of a method has; Vault writes both, and digits",
	"sourcegraph-access-token": "takes any 40 hexadecimal digits, as every commit is named by",
	"curl-auth-header":         "knows a command line, not a secret: a password of few letters is one only there",
	"curl-auth-user":           "knows a command line, not a secret: what stands there may be a variable",
	"kubernetes-secret-yaml":   "knows a document, not a secret",
	"nuget-config-password":    "knows a document, not a secret",
	"freemius-secret-key":      "knows a line of PHP, not a secret",
}

// unmade are rules for which no sample can be drawn from the pattern, as it
// takes any character where the maker has a dot, or wants more than chance
// gives. They are measured where texts hold them.
var unmade = map[string]bool{"slack-webhook-url": true, "slack-config-access-token": true, "sidekiq-sensitive-url": true, "airtable-personnal-access-token": true}

// oracle is gitleaks with its default rules.
func oracle(t *testing.T) *detect.Detector {
	t.Helper()
	d, err := detect.NewDetectorDefaultConfig()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// ownForm reports whether a rule knows a secret by its own form, and not by a
// name in front of it.
func ownForm(r config.Rule) bool {
	if r.Regex == nil || r.RuleID == "generic-api-key" {
		return false
	}
	pattern := r.Regex.String()
	return !strings.HasPrefix(pattern, `(?i)[\w.-]{0,50}?(?:`) && !strings.HasPrefix(pattern, `[\w.-]{0,50}?(?i:`)
}

// asWritten makes of a pattern one of what makers write: they keep the letters
// of a prefix as they are, and draw the rest from both cases.
func asWritten(pattern string) string {
	prefix, rest, cut := strings.Cut(pattern, "(?i)")
	if cut && prefix != "" {
		pattern = prefix + strings.NewReplacer("[a-z", "[a-zA-Z", "[a-h", "[a-hA-H").Replace(rest)
	}
	pattern = strings.ReplaceAll(pattern, "(?i:[a-z]", "(?:[a-zA-Z]")
	return strings.NewReplacer("(?i)", "", "(?i:", "(?:", "(?-i:", "(?:").Replace(pattern)
}

// redacts reports whether redaction finds something in the place of a secret.
func redacts(t *testing.T, cleaner *privacy.Cleaner, text, secret string) bool {
	t.Helper()
	found, err := cleaner.Find(privacy.NewRaw(text))
	if err != nil {
		t.Fatal(err)
	}
	before, _, ok := strings.Cut(text, secret)
	if !ok {
		t.Fatalf("gitleaks found what is not in the text: %q", secret)
	}
	start := utf8.RuneCountInString(before)
	end := start + utf8.RuneCountInString(secret)
	for _, f := range found {
		if f.Start < end && start < f.End {
			return true
		}
	}
	return false
}

// TestDrawnSecrets draws secrets from the patterns of gitleaks itself.
func TestDrawnSecrets(t *testing.T) {
	d, cleaner, rules, drawn := oracle(t), privacy.NewCleaner(), 0, 0
	for id, r := range d.Config.Rules {
		if !ownForm(r) || exceptions[id] != "" {
			continue
		}
		rules++
		generator, err := reggen.NewGenerator(asWritten(r.Regex.String()))
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		generator.SetSeed(7)
		found := 0
		for range 40 {
			text := "I set it to " + generator.Generate(20) + " and it failed"
			for _, f := range d.DetectString(text) {
				if f.RuleID != id {
					continue
				}
				found++
				if !redacts(t, cleaner, text, f.Secret) {
					t.Errorf("%s: missed in %q", id, text)
				}
			}
		}
		if found == 0 != unmade[id] {
			t.Errorf("%s: gitleaks found %d of its own samples; the list of those that cannot be drawn is wrong", id, found)
		}
		drawn += found
	}
	if rules < 100 {
		t.Errorf("%d rules know a secret by its form; there were more than 100", rules)
	}
	t.Logf("%d secrets of %d rules", drawn, rules)
}

// TestTexts takes the texts that HEED_TEXTS names, a JSON string a line.
func TestTexts(t *testing.T) {
	path := os.Getenv("HEED_TEXTS")
	if path == "" {
		t.Skip("SKIPPED: HEED_TEXTS names no texts; TestGitleaks of internal/privacy writes them and runs this")
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	d, cleaner, texts, secrets := oracle(t), privacy.NewCleaner(), 0, 0
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var text string
		if err := json.Unmarshal(lines.Bytes(), &text); err != nil {
			t.Fatal(err)
		}
		texts++
		for _, f := range d.DetectString(text) {
			if !ownForm(d.Config.Rules[f.RuleID]) || exceptions[f.RuleID] != "" {
				continue
			}
			secrets++
			if !redacts(t, cleaner, text, f.Secret) {
				t.Errorf("%s: missed in %q", f.RuleID, text)
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if secrets == 0 {
		t.Error("gitleaks found nothing at all")
	}
	t.Logf("%d secrets in %d texts", secrets, texts)
}
