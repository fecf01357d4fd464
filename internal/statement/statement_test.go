package statement_test

import (
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/docs"
	"github.com/heed-ai/heed/internal/statement"
)

func book(t *testing.T) *statement.Book {
	t.Helper()
	b, err := statement.Read(docs.Privacy)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func live(change func(*statement.Live)) statement.Live {
	l := statement.Live{
		Setup:   statement.Setup{Redaction: []string{"EMAIL", "NAME"}, RootKey: statement.RootInData},
		Project: heed.Project{ID: "prj_1", Name: "support", Content: heed.ContentNone, Privacy: heed.DefaultPrivacy()},
		Now:     time.Date(2026, 11, 28, 9, 30, 0, 0, time.UTC),
		Access:  []statement.Grant{{Action: "erase", What: "erase people", Roles: []string{"owner", "privacy_officer"}, Key: true}},
	}
	if change != nil {
		change(&l)
	}
	return l
}

// TestFacts holds what is said against what is set, one fact a row.
func TestFacts(t *testing.T) {
	for _, c := range []struct {
		fact, want string
		set        func(*statement.Live)
	}{
		{"content", "dropped before the first write", nil},
		{"content", "redacted, sealed and kept", func(l *statement.Live) { l.Project.Content = heed.ContentRedacted }},
		{"attachments", "not taken", nil},
		{"attachments", "destroyed after 1 day", func(l *statement.Live) { l.Project.AttachmentDays = 1 }},
		{"attachments", "destroyed after 30 days", func(l *statement.Live) { l.Project.AttachmentDays = 30 }},
		{"attachments", "destroyed after 30 days, sealed for a key of yours", func(l *statement.Live) {
			l.Project.AttachmentDays, l.Project.AttachmentKey = 30, "heed_attach_public_x"
		}},
		{"attachments", "not taken", func(l *statement.Live) { l.Project.AttachmentKey = "heed_attach_public_x" }},
		{"gateway", "none", func(l *statement.Live) { l.HoldAge = time.Minute }},
		{"gateway", "for 15 minutes, in at most 64 MiB", func(l *statement.Live) { l.HoldAge, l.HoldBytes = 15*time.Minute, 64<<20 }},
		{"gateway", "for 90 seconds, in at most 1 MiB", func(l *statement.Live) { l.HoldAge, l.HoldBytes = 90*time.Second, 1<<20 }},
		{"sent_on", "nothing", nil},
		{"sent_on", "to your monitoring (otel.example)", func(l *statement.Live) { l.Monitoring = "otel.example" }},
		{"sent_on", "to the recogniser presidio (pii.example), the channel (hooks.slack.com)", func(l *statement.Live) {
			l.Project.Privacy.Recognizer, l.Recognizers = "presidio", map[string]string{"presidio": "pii.example"}
			l.Outside.Endpoints = []heed.Endpoint{{Name: "the channel", Kind: heed.EndpointSlack, Host: "hooks.slack.com", Events: []string{"alert.*"}, State: heed.EndpointActive}}
		}},
		{"small_groups", "no number about fewer than 5 people", nil},
		{"recognizer", "presidio", func(l *statement.Live) { l.Project.Privacy.Recognizer = "presidio" }},
		{"small_groups", "every number is told", func(l *statement.Live) { l.Project.Privacy.SmallestGroup = 1 }},
		{"pseudonyms", "replaced by a pseudonym, another each month", nil},
		{"pseudonyms", "replaced by a pseudonym, one for good", func(l *statement.Live) { l.Project.Privacy.Pseudonyms = heed.PseudonymsStable }},
		{"pseudonyms", "replaced by a pseudonym, another each day", func(l *statement.Live) { l.Project.Privacy.Pseudonyms = heed.PseudonymsEphemeral }},
		{"redaction", "EMAIL, NAME", nil},
		{"redaction", "EMAIL, NAME; patterns of your own: CUSTOMER", func(l *statement.Live) {
			l.Project.Patterns = []heed.RedactPattern{{Name: "CUSTOMER", Pattern: "KD-[0-9]{8}"}}
		}},
		{"root_key", "in the data directory", nil},
		{"root_key", "outside of the data directory", func(l *statement.Live) { l.RootKey = statement.RootGiven }},
		{"contact", "nobody is named", nil},
		{"contact", "dpo@acme.example", func(l *statement.Live) { l.Project.Privacy.Contact = "dpo@acme.example" }},
		{"erasures", "2 done, 1 under way", func(l *statement.Live) { l.Erasures = heed.ErasureCount{Done: 2, Pending: 1} }},
		{"audit", "7 records, signed", func(l *statement.Live) { l.Audit.Records = 7 }},
	} {
		s := book(t).State(live(c.set))
		got := ""
		for _, section := range s.Sections {
			for _, f := range section.Facts {
				if f.ID == c.fact {
					got = f.Value
				}
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.fact, got, c.want)
		}
	}
}

// TestDataMap finds in the documents what they are known to hold.
func TestDataMap(t *testing.T) {
	s := book(t).State(live(nil))
	var files []string
	tables := map[string]statement.Table{}
	for _, f := range s.Data {
		files = append(files, f.Name)
		for _, table := range f.Tables {
			tables[f.Name+" "+table.Name] = table
			if table.What == "" {
				t.Errorf("docs/privacy.md does not say what %s in %s is", table.Name, f.Name)
			}
			if table.Name != "" && len(table.Columns) == 0 {
				t.Errorf("table %s in %s has no columns", table.Name, f.Name)
			}
		}
	}
	if diff := cmp.Diff([]string{"keys.db", "catalog.db", "erasures.ledger", "events.duckdb", "spool/"}, files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	var sealed []string
	for _, c := range tables["events.duckdb feedback"].Columns {
		if c.Kind == statement.KindSealed {
			sealed = append(sealed, c.Names)
		}
	}
	if diff := cmp.Diff([]string{"comment, correction"}, sealed); diff != "" {
		t.Errorf("sealed in feedback (-want +got):\n%s", diff)
	}
	if len(s.Threats) < 9 || len(s.Limits) < 5 {
		t.Errorf("%d threats and %d limits", len(s.Threats), len(s.Limits))
	}
}

// TestFill fills in what is set, leaves what is not, and puts in no text twice.
func TestFill(t *testing.T) {
	b := book(t)
	hole := regexp.MustCompile(`‹[a-z][a-z ]*›`)
	for _, d := range statement.Documents() {
		bare := b.Fill(d, b.State(live(nil)))
		for _, left := range hole.FindAllString(bare, -1) {
			if left != "‹controller›" && left != "‹contact›" {
				t.Errorf("%s: %s is not filled in, and can never be", d, left)
			}
		}
		if at := regexp.MustCompile(`\]\([^h)]|below\)`).FindString(bare); at != "" {
			t.Errorf("%s: a link %q leads nowhere from a downloaded file", d, at)
		}
		whole := b.Fill(d, b.State(live(func(l *statement.Live) {
			l.Project.Name, l.Project.Privacy.Controller, l.Project.Privacy.Contact = "a | b ‹data›", "Acme\n| <b>", "dpo@acme.example"
			l.Project.AttachmentDays = 30
		})))
		for _, want := range []string{`a \| b ‹data›`, `Acme \| &lt;b>`, "dpo@acme.example", "28 November 2026, 09:30 UTC", "| erase people | yes | yes | yes |", "30 days"} {
			if !strings.Contains(whole, want) {
				t.Errorf("%s has no %q", d, want)
			}
		}
	}
}

func TestReadRefuses(t *testing.T) {
	threats := "| who | a | b | c |\n|---|---|---|---|\n| x | y | z | w |\n\n- a limit\n"
	for name, files := range map[string]map[string]string{
		"nothing":          {},
		"no data map":      {"privacy.md": "# x\n", "privacy/threats.md": threats},
		"an unknown kind":  {"privacy.md": "## `f`\n\n### `t`\n\n| `a` | secret | b |\n", "privacy/threats.md": threats},
		"two cells":        {"privacy.md": "## `f`\n\n### `t`\n\n| `a` | open |\n", "privacy/threats.md": threats},
		"no threats":       {"privacy.md": "## `f`\n\n### `t`\n\n| `a` | open | b |\n", "privacy/threats.md": "- a limit\n"},
		"templates absent": {"privacy.md": "## `f`\n\n### `t`\n\n| `a` | open | b |\n", "privacy/threats.md": threats},
	} {
		documents := fstest.MapFS{}
		for file, text := range files {
			documents[file] = &fstest.MapFile{Data: []byte(text)}
		}
		if _, err := statement.Read(documents); err == nil {
			t.Errorf("%s is read", name)
		}
	}
}
