package statement

import (
	"fmt"
	"io/fs"
	"strings"
)

// Book is what the documents say. It is read once; safe for concurrent use.
type Book struct {
	data      []File
	threats   []Threat
	limits    []string
	templates map[Document]string
}

// File is a place on disk with what is in it.
type File struct {
	Name   string  `json:"name"`
	Tables []Table `json:"tables"`
}

// Table is a table of a database.
type Table struct {
	Name    string   `json:"name"`
	What    string   `json:"what"`
	Columns []Column `json:"columns"`
}

// Column is one row of the data map; it may name several columns.
type Column struct {
	Names string `json:"names"`
	Kind  Kind   `json:"kind" enum:"open,label,pseudonym,sealed,key"`
	What  string `json:"what"`
}

// Kind says what a value is at rest, as docs/privacy.md explains.
type Kind string

const (
	KindOpen      Kind = "open"
	KindLabel     Kind = "label"
	KindPseudonym Kind = "pseudonym"
	KindSealed    Kind = "sealed"
	KindKey       Kind = "key"
)

// Threat says what somebody who looks can see.
type Threat struct {
	Who     string `json:"who"`
	Sees    string `json:"sees"`
	Not     string `json:"cannot_see"`
	Because string `json:"because"`
}

// Read reads the documents: privacy.md, and those below privacy/.
func Read(documents fs.FS) (*Book, error) {
	b := &Book{templates: map[Document]string{}}
	text, err := fs.ReadFile(documents, "privacy.md")
	if err != nil {
		return nil, err
	}
	if b.data, err = dataOf(string(text)); err != nil {
		return nil, fmt.Errorf("docs/privacy.md: %w", err)
	}
	if text, err = fs.ReadFile(documents, "privacy/threats.md"); err != nil {
		return nil, err
	}
	if b.threats, b.limits, err = threatsOf(string(text)); err != nil {
		return nil, fmt.Errorf("docs/privacy/threats.md: %w", err)
	}
	for _, d := range Documents() {
		if text, err = fs.ReadFile(documents, "privacy/"+string(d)+".md"); err != nil {
			return nil, err
		}
		b.templates[d] = string(text)
	}
	return b, nil
}

// standing leaves out a hint at another part of the page, " ([below](#…))", which
// is not there where the text stands by itself.
func standing(text string) string {
	if before, hint, ok := strings.Cut(text, " ([below]("); ok {
		if _, after, ok := strings.Cut(hint, "))"); ok {
			return before + after
		}
	}
	return text
}

// dataOf reads the tables below headings that name a file.
func dataOf(text string) ([]File, error) {
	var files []File
	var in *File // nil: below another heading
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch cells := cellsOf(line); {
		case strings.HasPrefix(line, "## "):
			in = nil
			if name, ok := quoted(line, "## "); ok {
				files = append(files, File{Name: name, Tables: []Table{}})
				in = &files[len(files)-1]
			}
		case in == nil || line == "":
		case strings.HasPrefix(line, "### "):
			name, _ := quoted(line, "### ")
			in.Tables = append(in.Tables, Table{Name: name, Columns: []Column{}})
		case len(in.Tables) == 0: // in words alone
			in.Tables = append(in.Tables, Table{What: line, Columns: []Column{}})
		case len(cells) == 0:
			last := &in.Tables[len(in.Tables)-1]
			last.What = strings.TrimSpace(last.What + " " + standing(line))
		case len(cells) != 3:
			return nil, fmt.Errorf("a row of the data map has %d cells, not three", len(cells))
		case strings.HasPrefix(cells[0], "`"):
			last := &in.Tables[len(in.Tables)-1]
			kind := Kind(cells[1])
			switch kind {
			case KindOpen, KindLabel, KindPseudonym, KindSealed, KindKey:
			default:
				return nil, fmt.Errorf("table %s has a value of no kind that is known", last.Name)
			}
			last.Columns = append(last.Columns, Column{Names: strings.ReplaceAll(cells[0], "`", ""), Kind: kind, What: cells[2]})
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("there is no data map")
	}
	return files, nil
}

// threatsOf reads the table of who can see what, and the list of limits.
func threatsOf(text string) (threats []Threat, limits []string, err error) {
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		cells := cellsOf(line)
		switch {
		case len(cells) == 4 && cells[0] != "who" && !strings.HasPrefix(cells[0], "-"):
			threats = append(threats, Threat{cells[0], cells[1], cells[2], cells[3]})
		case strings.HasPrefix(line, "- "):
			limits = append(limits, line[2:])
		case strings.HasPrefix(line, "  ") && len(limits) > 0:
			limits[len(limits)-1] += " " + strings.TrimSpace(line)
		}
	}
	if len(threats) == 0 || len(limits) == 0 {
		return nil, nil, fmt.Errorf("there is no table of who can see what, or no limit")
	}
	return threats, limits, nil
}

// cellsOf splits a row of a table; none for any other line.
func cellsOf(line string) []string {
	if !strings.HasPrefix(line, "|") {
		return nil
	}
	cells := strings.Split(strings.Trim(line, "|"), "|")
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells
}

// quoted takes what stands between backquotes after a prefix.
func quoted(line, prefix string) (string, bool) {
	rest, ok := strings.CutPrefix(line, prefix+"`")
	name, _, closed := strings.Cut(rest, "`")
	return name, ok && closed
}
