package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// What one person has that must be found nowhere. What is not of them but in their
// texts, by which these are known again, is markWord.
const (
	markUser   = "person-quokka-17"
	markMail   = "quokkacanary@example.com"
	markName   = "Quokkaname"
	markSecret = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
	markPhone  = "+49 171 9876543"
	markWord   = "wobblegong"
	markLate   = "tasselbark" // in texts that were told before whose they are
	markSaid   = "My name is Zebulon " + markName + ", write to " + markMail + " or call " + markPhone + ". The key is " + markSecret + ", " + markWord + "."
)

// marks are patterns of bytes, each with the name of what it gives away.
type marks map[string]string

// marksOf lists how each text can be written: as it is in any case, as UTF-16, in
// hexadecimal, in base64 at every offset, and as a part of a URL.
func marksOf(texts ...string) marks {
	m := marks{}
	for _, text := range texts {
		for _, text := range []string{text, strings.ToLower(text), strings.ToUpper(text)} {
			add := func(pattern []byte, how string) { m[string(bytes.ToLower(pattern))] = text + how }
			add([]byte(text), "")
			for _, order := range []string{"little", "big"} {
				var wide []byte
				for _, unit := range utf16.Encode([]rune(text)) {
					if order == "little" {
						wide = append(wide, byte(unit), byte(unit>>8))
					} else {
						wide = append(wide, byte(unit>>8), byte(unit))
					}
				}
				add(wide, " in UTF-16")
			}
			add([]byte(hex.EncodeToString([]byte(text))), " in hexadecimal")
			add([]byte(url.QueryEscape(text)), " in a URL")
			add([]byte(url.PathEscape(text)), " in a URL")
			for offset := range 3 {
				whole := base64.StdEncoding.EncodeToString(append(make([]byte, offset), text...))
				first, last := (offset*8+5)/6, (offset+len(text))*8/6 // characters that no neighbour changes
				add([]byte(whole[first:last]), " in base64")
				add([]byte(strings.NewReplacer("+", "-", "/", "_").Replace(whole[first:last])), " in base64")
			}
		}
	}
	return m
}

// personal are the marks of the person.
func personal() marks {
	return marksOf(markUser, "quokkacanary", markName, markSecret, markPhone, "171 9876543", "1719876543")
}

// in names the first mark that is in some bytes; empty if there is none.
func (m marks) in(data []byte) string {
	data = bytes.ToLower(data)
	for pattern, name := range m {
		if bytes.Contains(data, []byte(pattern)) {
			return name
		}
	}
	return ""
}

// inDirectory fails for every file below dir that holds a mark, and for every
// value in its databases, which they may have packed.
func (m marks) inDirectory(t *testing.T, dir string, stopped bool) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		if found := m.in(data); found != "" {
			t.Errorf("%s holds %s", d.Name(), found)
		}
		if found := m.in([]byte(d.Name())); found != "" {
			t.Errorf("a file is named by %s", found)
		}
		return err
	})
	if err != nil || files < 5 {
		t.Fatalf("%d files read: %v", files, err)
	}
	if !stopped {
		return
	}
	for _, db := range []struct{ driver, file, tables string }{
		{"sqlite", "keys.db", `SELECT name FROM sqlite_master WHERE type = 'table'`},
		{"sqlite", "catalog.db", `SELECT name FROM sqlite_master WHERE type = 'table'`},
		{"duckdb", "events.duckdb", `SELECT table_name FROM information_schema.tables WHERE table_schema = 'main'`},
	} {
		if n := m.inDatabase(t, db.driver, filepath.Join(dir, db.file), db.tables); n == 0 {
			t.Errorf("%s has no values to look at", db.file)
		}
	}
}

// inDatabase looks at every value of every table and returns how many there were.
func (m marks) inDatabase(t *testing.T, driver, file, tables string) (values int) {
	t.Helper()
	db, err := sql.Open(driver, file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, table := range firstColumn(t, db, tables) {
		rows, err := db.QueryContext(context.Background(), `SELECT * FROM "`+table+`"`)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			row, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range row {
				into[i] = &row[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			for i, value := range row {
				values++
				data, ok := value.([]byte)
				if !ok {
					data = fmt.Append(nil, value)
				}
				if found := m.in(data); found != "" {
					t.Errorf("%s, table %s, column %s holds %s", filepath.Base(file), table, columns[i], found)
				}
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		rows.Close()
	}
	return values
}

func firstColumn(t *testing.T, db *sql.DB, query string) (names []string) {
	t.Helper()
	rows, err := db.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return names
}

// TestMarks finds what marks are written as, so that finding none means that there
// is none.
func TestMarks(t *testing.T) {
	m := personal()
	text := "before " + markMail + " after"
	wide := utf16.Encode([]rune(text))
	var little, big []byte
	for _, unit := range wide {
		little, big = append(little, byte(unit), byte(unit>>8)), append(big, byte(unit>>8), byte(unit))
	}
	for how, data := range map[string][]byte{
		"plain": []byte(text), "upper case": []byte(strings.ToUpper(text)), "UTF-16, little": little, "UTF-16, big": big,
		"hexadecimal": []byte(hex.EncodeToString([]byte(text))), "HEXADECIMAL": fmt.Appendf(nil, "%X", text),
		"base64": []byte(base64.StdEncoding.EncodeToString([]byte(text))), "base64, a byte on": []byte(base64.RawURLEncoding.EncodeToString([]byte("x" + text))),
		"base64, two on": []byte(base64.StdEncoding.EncodeToString([]byte("xx" + text))), "a URL": []byte(url.QueryEscape("a " + markPhone)),
	} {
		if m.in(data) == "" {
			t.Errorf("%s: not found", how)
		}
	}
	if found := m.in([]byte("My name is [NAME_1], write to [EMAIL_1] or call [PHONE_1]. " + markWord)); found != "" {
		t.Errorf("what is redacted holds %s", found)
	}
}

// findInFiles fails for every file below dir that holds a mark.
func findInFiles(t *testing.T, dir, mark string) {
	t.Helper()
	marksOf(mark).inDirectory(t, dir, false)
}
