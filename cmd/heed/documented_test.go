package main

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestDocumentedCommands: every command that the documents name is there, with every
// flag, and each line of a terminal in them is one that heed takes. README.md names
// every command.
func TestDocumentedCommands(t *testing.T) {
	root := filepath.Join("..", "..")
	files := []string{filepath.Join(root, "README.md")}
	if err := filepath.WalkDir(filepath.Join(root, "docs"), func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".md" {
			files = append(files, path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	lines, mentions, inReadme := 0, 0, []string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		typed, named := commandsIn(string(text))
		for _, line := range typed {
			lines++
			if err := takes(line); err != nil {
				t.Errorf("%s: %s: %v", file, line, err)
			}
		}
		for _, mention := range named {
			mentions++
			for _, one := range alternatives(mention) {
				if file == files[0] {
					inReadme = append(inReadme, strings.Join(wordsOf(one), " "))
				}
				if wrong := unknownIn(one); wrong != "" {
					t.Errorf("%s: `%s`: there is no %s", file, mention, wrong)
				}
			}
		}
	}
	for _, leaf := range leavesOf(t) {
		// A mention may say more, such as an argument, or name a group within a group.
		if !slices.ContainsFunc(inReadme, func(words string) bool {
			return strings.HasPrefix(words+" ", leaf+" ") || strings.Contains(words, " ") && strings.HasPrefix(leaf, words+" ")
		}) {
			t.Errorf("README.md does not name heed %s", leaf)
		}
	}
	if lines < 30 || mentions < 120 {
		t.Errorf("%d lines and %d mentions were found: how the documents are written has changed", lines, mentions)
	}
}

// leavesOf lists every command that does something, such as alert list.
func leavesOf(t *testing.T) (all []string) {
	t.Helper()
	p, err := newParser()
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range p.Model.Leaves(true) {
		all = append(all, strings.TrimPrefix(leaf.Path(), "heed "))
	}
	return all
}

var (
	fenced  = regexp.MustCompile("(?ms)^ *```[a-z]*\n(.*?)^ *```")
	typed   = regexp.MustCompile(`(?m)^ *(?:\$ )?((?:[A-Z_]+=\S+ )*(?:\./)?heed [^\n]*(?:\\\n[^\n]*)*)$`)
	spoken  = regexp.MustCompile("`(heed [^`]+)`")
	broken  = regexp.MustCompile(`\\\n\s*`)
	comment = regexp.MustCompile(`\s#.*| [|>&<] ?.*|\s{3,}\S.*`) // or what a table of commands says of each
	word    = regexp.MustCompile(`'[^']*'|(?:"[^"]*"|[^\s"'])+`)
)

// commandsIn returns the lines of terminals that run heed, and the commands that
// sentences and tables name.
func commandsIn(text string) (lines, named []string) {
	for _, block := range fenced.FindAllStringSubmatch(text, -1) {
		for _, m := range typed.FindAllStringSubmatch(block[1], -1) {
			lines = append(lines, comment.ReplaceAllString(broken.ReplaceAllString(m[1], " "), ""))
		}
	}
	for _, m := range spoken.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		named = append(named, strings.ReplaceAll(m[1], "\n", " "))
	}
	return lines, named
}

// wordsOf splits a line as a shell does, without what stands before heed.
func wordsOf(line string) []string {
	_, line, _ = strings.Cut(line, "heed ")
	words := word.FindAllString(line, -1)
	for i := range words {
		words[i] = strings.NewReplacer(`"`, "", "'", "").Replace(words[i])
	}
	return words
}

// newParser makes a command line that runs nothing.
func newParser() (*kong.Kong, error) {
	return kong.New(&commands{}, kong.Name("heed"), kong.Writers(io.Discard, io.Discard), kong.Exit(func(int) {}), kong.Vars{"version": "heed"})
}

// takes reports why heed does not take a line.
func takes(line string) error {
	p, err := newParser()
	if err == nil {
		_, err = p.Parse(wordsOf(line))
	}
	return err
}

// alternatives spells out commands that a table names at once, such as a|b.
func alternatives(mention string) []string {
	mention = strings.ReplaceAll(mention, `\|`, "|")
	before, _, found := strings.Cut(mention, "|")
	if !found {
		return []string{mention}
	}
	start := strings.LastIndex(before, " ") + 1
	choice, after, _ := strings.Cut(mention[start:], " ")
	var all []string
	for one := range strings.SplitSeq(choice, "|") {
		all = append(all, alternatives(mention[:start]+one+" "+after)...)
	}
	return all
}

// unknownIn returns the first command or flag of a mention that is none. A mention
// may leave out arguments.
func unknownIn(mention string) string {
	p, err := newParser()
	if err != nil {
		return err.Error()
	}
	at, flags := p.Model.Node, p.Model.Flags
next:
	for _, w := range wordsOf(mention) {
		if name, ok := strings.CutPrefix(w, "--"); ok {
			name, _, _ = strings.Cut(name, "=")
			for _, f := range flags {
				if f.Name == name || f.Tag.Negatable != "" && "no-"+f.Name == name {
					continue next
				}
			}
			return w
		}
		for _, child := range at.Children {
			if child.Name == w {
				at, flags = child, append(flags, child.Flags...)
				continue next
			}
		}
		if len(at.Children) > 0 {
			return w
		}
	}
	return ""
}
