package command_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed/internal/capture/command"
	"github.com/heed-ai/heed/internal/privacy"
)

// update renews what the vectors expect from what the package does. Names and
// texts stay; review the difference.
var update = flag.Bool("update", false, "renew schema/vectors/command.json and fingerprint.json")

// vector is a message and the command it is, shared with the SDKs.
type vector struct {
	Name    string  `json:"name"`
	Text    string  `json:"text"`
	Offered int     `json:"offered"`
	Command *parsed `json:"command"`
}

// parsed is a command, opened.
type parsed struct {
	Kind   string   `json:"kind"`
	Vote   string   `json:"vote"`
	Answer int      `json:"answer"`
	Tags   []string `json:"tags"`
	Picks  []int    `json:"picks"`
	Text   string   `json:"text"`
}

func parse(text string, offered int) *parsed {
	c, ok := command.Parse(text, offered)
	if !ok {
		return nil
	}
	return &parsed{
		Kind: string(c.Kind), Vote: string(c.Vote), Answer: c.Answer, Text: c.Text.Expose(),
		Tags: append([]string{}, c.Tags...), Picks: append([]int{}, c.Picks...),
	}
}

func TestCommandVectors(t *testing.T) {
	names := map[string]bool{}
	eachVector(t, "command.json", func(t *testing.T, v *vector) string {
		if names[v.Name] {
			t.Errorf("%s stands there twice", v.Name)
		}
		names[v.Name] = true
		want := v.Command
		v.Command = parse(v.Text, v.Offered)
		return cmp.Diff(want, v.Command)
	})
}

// eachVector holds every vector of a shared file to what check makes of it.
func eachVector[V any](t *testing.T, file string, check func(*testing.T, *V) (difference string)) {
	t.Helper()
	path := filepath.Join("..", "..", "..", "schema", "vectors", file)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var vectors []V
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	for i := range vectors {
		if diff := check(t, &vectors[i]); diff != "" && !*update {
			t.Errorf("vector %d of %s (-want +got):\n%s", i, file, diff)
		}
	}
	if len(vectors) == 0 {
		t.Errorf("%s holds no vectors", file)
	}
	if !*update {
		return
	}
	lines := make([][]byte, len(vectors))
	for i, v := range vectors {
		var line bytes.Buffer
		encoder := json.NewEncoder(&line)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(v); err != nil {
			t.Fatal(err)
		}
		lines[i] = bytes.TrimSpace(line.Bytes())
	}
	out := append(append([]byte("[\n"), bytes.Join(lines, []byte(",\n"))...), "\n]\n"...)
	if err := os.WriteFile(path, out, 0o644); err != nil {
		t.Fatal(err)
	}
}

// A message of any size is read in one go: a reader that looked at anything
// again and again would take hours here.
func TestParseIsLinear(t *testing.T) {
	for _, text := range []string{
		"/- " + strings.Repeat("#t ", 1<<21),
		"/-" + strings.Repeat(" #taga #tagb", 1<<20),
		strings.Repeat("/", 1<<23),
		"/+why" + strings.Repeat("\u2003", 1<<21) + "x",
		strings.Repeat("1,", 1<<22),
		strings.Repeat("1 ", 1<<22),
		"/-why " + strings.Repeat("#a, ", 1<<21),
		"/+fix " + strings.Repeat("#include ", 1<<20),
		"/-why #" + strings.Repeat("a", 1<<23),
	} {
		command.Parse(text, 8)
	}
}

// FuzzParse: whatever comes in, nothing panics; what is no command stays no
// command when it is escaped as one; and what is one can be sent as text.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"/+", "/- #a b #c", "/-why @2 x", "/+why", "1 3 text", "/+fix #include <x> #a", "/+undo @2", "/why", "//+ x", "///- x", "//---",
		" \u2003/+\u00a0x", "/+\xff", "/-why @2 @3 #a#b", "2,3,1 #x", "//why", "\n//+",
	} {
		f.Add(seed, 8)
	}
	f.Fuzz(func(t *testing.T, text string, offered int) {
		c, ok := command.Parse(text, offered)
		if !ok {
			return
		}
		if c.Answer < 1 || c.Answer > 99 || len(c.Tags) > command.MaxTags+1 || len(c.Picks) > max(offered, 0) {
			t.Fatalf("%+v", c)
		}
		for _, tag := range c.Tags {
			if tag == "" || len(tag) > 64 || !utf8.ValidString(tag) || strings.ContainsAny(tag, " #\n") {
				t.Fatalf("tag %q", tag)
			}
		}
		if c.Kind == command.Literal {
			if len(c.Text.Expose())+1 != len(text) {
				t.Fatalf("%q was escaped, and became %q", text, c.Text.Expose())
			}
			return
		}
		if strings.HasPrefix(strings.TrimSpace(text), "/") {
			escaped := strings.Replace(text, "/", "//", 1)
			literal, ok := command.Parse(escaped, offered)
			if !ok || literal.Kind != command.Literal || literal.Text.Expose() != text {
				t.Fatalf("%q cannot be sent to the model as %q: %v", text, escaped, literal.Kind)
			}
		}
		again, ok := command.Parse(" \t"+text+"\n", offered)
		if diff := cmp.Diff(c, again, cmp.Comparer(func(a, b privacy.Raw) bool { return a.Expose() == b.Expose() })); !ok || diff != "" {
			t.Fatalf("white space around it makes a difference:\n%s", diff)
		}
	})
}
