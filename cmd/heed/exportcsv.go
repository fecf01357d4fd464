package main

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/heed-ai/heed/internal/spreadsheet"
)

// csvSink writes rows as CSV (RFC 4180) with a header.
//
// Every text is quoted, whether it needs it or not: a spreadsheet that
// separates cells at semicolons or tabs would otherwise find the beginning of
// a cell, and so of a formula, in the middle of a text.
type csvSink[T exportRow] struct {
	out    *output
	fields []int // of T, one a column
	begun  bool
}

func newCSVSink[T exportRow](out *output) *csvSink[T] {
	s := &csvSink[T]{out: out}
	t := reflect.TypeFor[T]()
	for i := range t.NumField() {
		if columnName(t.Field(i)) != "-" {
			s.fields = append(s.fields, i)
		}
	}
	return s
}

// columnName is the name of a field's column; "-" is none.
func columnName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("parquet"), ",")
	return name
}

func (s *csvSink[T]) write(items []json.RawMessage) error {
	rows, err := rowsOf[T](items)
	if err != nil {
		return err
	}
	s.begin()
	for i := range rows {
		row := reflect.ValueOf(&rows[i]).Elem()
		s.line(func(field int) string { return csvCell(row.Field(field).Interface()) })
	}
	return s.out.Flush()
}

func (s *csvSink[T]) close() error {
	s.begin()
	return s.out.Flush()
}

// begin writes the header once, also where there is no row.
func (s *csvSink[T]) begin() {
	if s.begun {
		return
	}
	s.begun = true
	t := reflect.TypeFor[T]()
	s.line(func(field int) string { return columnName(t.Field(field)) })
}

// line writes a cell for each column. The writer keeps its first error, and
// Flush returns it.
func (s *csvSink[T]) line(cell func(field int) string) {
	for i, field := range s.fields {
		if i > 0 {
			s.out.WriteByte(',')
		}
		s.out.WriteString(cell(field))
	}
	s.out.WriteString("\r\n")
}

// csvCell writes a value of a row as a cell: what is not known is empty.
func csvCell(value any) string {
	switch v := value.(type) {
	case string:
		return spreadsheet.Text(v)
	case *string:
		if v != nil {
			return spreadsheet.Text(*v)
		}
	case []string:
		return spreadsheet.Text(strings.Join(v, "|"))
	case bool:
		return strconv.FormatBool(v)
	case *int64:
		if v != nil {
			return strconv.FormatInt(*v, 10)
		}
	case *float64:
		if v != nil {
			return strconv.FormatFloat(*v, 'f', -1, 64)
		}
	case time.Time:
		if !v.IsZero() {
			return v.UTC().Format(time.RFC3339Nano)
		}
	}
	return ""
}
