package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

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
