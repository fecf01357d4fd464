package dataset

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/heed-ai/heed"
)

// Card says what is in a version, and what it is not.
type Card struct {
	heed.Dataset
	Version heed.DatasetVersion `json:"version"`
	License string              `json:"license" doc:"As stated, or not-stated."`
	Limits  []string            `json:"limits"`
}

// besideEnding ends the names of formats that stand beside another.
const besideEnding = "-provenance"

const noLicense = "not-stated"

// CardOf writes the card of a version.
func CardOf(d heed.Dataset, v heed.DatasetVersion) Card {
	return Card{Dataset: d, Version: v, License: cmp.Or(d.License, noLicense), Limits: limitsOf(&d, &v)}
}

// limitsOf says what nobody should read out of the data.
func limitsOf(d *heed.Dataset, v *heed.DatasetVersion) []string {
	limits := []string{
		"People chose to give feedback, and reviewers chose among it: shares in here are not shares of all answers. /v1/stats has those, with their intervals.",
		"Texts are pseudonymised and redacted, which is less than anonymous: what somebody wrote can still point to them. Names and addresses are not all found.",
		"Pseudonyms are of a month unless the project says otherwise: one person may count as several, for the cap too.",
		"Whether a correction is right was judged by one reviewer.",
		"Questions and answers with uses of tools or pictures are in jsonl, csv and parquet with their texts alone, and in no other format.",
		"When somebody in here asks to be erased, takes an attachment back, or their days are over, this version is stale and is not served any more. Copies that were made are yours to delete; build the next version.",
	}
	if v.Counts.Nobody > 0 {
		limits = append(limits, fmt.Sprintf("Of %d items the person is not known: no cap holds for them, and nobody can ask for them to be erased.", v.Counts.Nobody))
	}
	if v.Counts.Trust[string(heed.TrustPublic)] > 0 {
		limits = append(limits, "Items of trust public came from a web page with a publishable key: who they are of is a claim.")
	}
	if d.Purpose == heed.ForEvaluation && v.Counts.Attached > 0 {
		limits = append(limits, "People attached questions and answers under a notice that says they are not used to train models: this is for evaluation alone.")
	}
	if d.License == "" {
		limits = append(limits, "No license is stated. State one before you give this to anybody.")
	}
	return limits
}

// JSON writes the card for programs.
func (c *Card) JSON() ([]byte, error) { return json.MarshalIndent(c, "", "  ") }

// knownLicenses are names that the Hugging Face hub knows; others are named beside.
var knownLicenses = []string{"apache-2.0", "mit", "bsd-3-clause", "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0", "odbl", "openrail"}

// Markdown writes the card as a README.md in the shape of the Hugging Face hub's
// dataset cards: YAML in front, and then what people read.
func (c *Card) Markdown() string {
	var b strings.Builder
	c.front(&b)
	v, n := &c.Version, &c.Version.Counts
	fmt.Fprintf(&b, "\n# %s, version %d\n\n", escaped(c.Name), v.Number)
	if v.State != heed.DatasetReady {
		fmt.Fprintf(&b, "**This version is %s%s. Its files are not served.**\n\n", v.State, because(v.EndedBy))
	}
	fmt.Fprintf(&b, "Feedback that people gave on answers of an AI, chosen by reviewers for %s. Made by Heed (%s) on %s.\n\n", c.Purpose, escaped(v.BuiltBy), v.BuiltAt.Format(time.RFC3339))
	fmt.Fprintf(&b, "## What is in it\n\n| | |\n|---|---|\n")
	for _, row := range []struct {
		what string
		n    int64
	}{
		{"Items", n.Items}, {"of people, by pseudonym", n.People}, {"of nobody that is known", n.Nobody},
		{"looked at one by one", n.Reviewed}, {"marked by a filter, without texts", n.Items - n.Reviewed},
		{"with question and answer", n.Content}, {"of these attached by a person, with consent", n.Attached},
		{"texts left out, because they could not be redacted or opened", n.Withheld},
	} {
		fmt.Fprintf(&b, "| %s | %d |\n", row.what, row.n)
	}
	counted(&b, "Trust", n.Trust)
	counted(&b, "Votes", n.Votes)
	counted(&b, "Consent", n.Notices)
	if len(n.Notices) == 0 {
		b.WriteString("\n**Consent.** Nothing in here was attached by a person, so nobody was asked by a notice.\n")
	}
	c.chosen(&b)
	b.WriteString("\n## Files\n\n| file | rows | bytes | SHA-256 |\n|---|---|---|---|\n")
	for _, f := range v.Files {
		fmt.Fprintf(&b, "| `%s` | %d | %d | `%s` |\n", f.Name, f.Rows, f.Bytes, f.SHA256)
	}
	b.WriteString("\nEvery row says where it comes from: feedback, response, trust, consent, reviewer and version. OpenAI's formats take no fields of others: theirs stands line by line in the file beside.\n\n## Limits\n\n")
	for _, limit := range c.Limits {
		fmt.Fprintf(&b, "- %s\n", limit)
	}
	fmt.Fprintf(&b, "\n## License\n\n%s\n", escaped(c.License))
	return b.String()
}

// front writes the YAML. Texts are quoted as JSON, which YAML reads.
func (c *Card) front(b *strings.Builder) {
	b.WriteString("---\n")
	fmt.Fprintf(b, "pretty_name: %s\n", quoted(c.Name))
	if slices.Contains(knownLicenses, c.License) {
		fmt.Fprintf(b, "license: %s\n", c.License)
	} else {
		fmt.Fprintf(b, "license: other\nlicense_name: %s\n", quoted(c.License))
	}
	fmt.Fprintf(b, "task_categories:\n- text-generation\nsize_categories:\n- %s\ntags:\n- human-feedback\n- %s\n", sizeOf(c.Version.Counts.Items), c.Purpose)
	first := true
	for _, f := range c.Version.Files {
		// The hub reads all configurations of a dataset by one kind of reader, and no
		// file without rows.
		if f.Rows == 0 || strings.HasSuffix(f.Format, besideEnding) || !strings.HasSuffix(f.Name, ".jsonl") {
			continue
		}
		if first {
			b.WriteString("configs:\n")
		}
		fmt.Fprintf(b, "- config_name: %s\n  data_files: %s\n", f.Format, quoted(f.Name))
		if first {
			b.WriteString("  default: true\n")
		}
		first = false
	}
	b.WriteString("---\n")
}

func sizeOf(items int64) string {
	switch {
	case items < 1_000:
		return "n<1K"
	case items < 10_000:
		return "1K<n<10K"
	case items < 100_000:
		return "10K<n<100K"
	}
	return "100K<n<1M"
}

// chosen says how items were chosen.
func (c *Card) chosen(b *strings.Builder) {
	n := &c.Version.Counts
	fmt.Fprintf(b, "\n## How it was chosen\n\nOf %d items that reviewers had marked for %s: %d did not match the selection, %d were beyond the cap, %d were not there any more.\n\n",
		n.Marked, c.Purpose, n.Outside, n.Capped, n.Gone)
	cap := "no cap"
	if c.PersonCap > 0 {
		cap = fmt.Sprintf("at most %d of one person, the newest", c.PersonCap)
	}
	fmt.Fprintf(b, "- Cap: %s\n", cap)
	for _, dimension := range slices.Sorted(maps.Keys(c.Selection.Filter)) {
		var values []string
		for _, value := range c.Selection.Filter[dimension] {
			values = append(values, escaped(cmp.Or(value, "not known")))
		}
		fmt.Fprintf(b, "- %s: %s\n", escaped(dimension), strings.Join(values, " or "))
	}
	if !c.Selection.From.IsZero() {
		fmt.Fprintf(b, "- given from %s on\n", c.Selection.From.Format(time.RFC3339))
	}
	if !c.Selection.To.IsZero() {
		fmt.Fprintf(b, "- given before %s\n", c.Selection.To.Format(time.RFC3339))
	}
}

func counted(b *strings.Builder, what string, counts map[string]int64) {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%s %d", escaped(name), counts[name]))
	}
	if len(parts) > 0 {
		fmt.Fprintf(b, "\n**%s.** %s.\n", what, strings.Join(parts, ", "))
	}
}

func because(why heed.DatasetEnd) string {
	switch why {
	case heed.EndErased:
		return ": somebody in it asked to be erased"
	case heed.EndWithdrawn:
		return ": somebody took back what they had attached"
	case heed.EndExpired:
		return ": the days of something in it are over"
	case heed.EndChanged:
		return ": something in it was changed since, or how it is redacted"
	case heed.EndUnmarked:
		return ": a reviewer took a mark back"
	}
	return ""
}

func quoted(s string) string {
	text, err := json.Marshal(strings.Map(func(r rune) rune {
		if r >= 0x7f && steers(r) { // those before JSON writes as what they are called
			return -1
		}
		return r
	}, s))
	if err != nil { // a string always marshals
		return `""`
	}
	return string(text)
}

// escaped is a text that Markdown shows as it is.
func escaped(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			r = ' '
		case steers(r):
			continue
		case strings.ContainsRune("\\`*_{}[]()<>#+-.!|~&", r) && r != '-' && r != '.':
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// steers reports whether a character steers a terminal, where cards are printed, or
// turns the direction of the text around it.
func steers(r rune) bool {
	return unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c
}
