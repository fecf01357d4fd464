package dataset

import (
	"bufio"
	"encoding/json"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/heed-ai/heed/internal/spreadsheet"
)

// csvFile writes rows as CSV (RFC 4180) with a header: tags stand between |, and
// messages as JSON. A text that a spreadsheet would run begins with '.
type csvFile struct {
	w     *bufio.Writer
	begun bool
}

func newCSV(w io.Writer) Encoder { return &csvFile{w: bufio.NewWriter(w)} }

func (f *csvFile) Write(i *Item) (int, error) {
	f.begin()
	row := flat(i)
	return 1, f.line(reflect.ValueOf(row), func(_ string, v any) (string, error) { return cellOf(v) })
}

func (f *csvFile) Close() error {
	f.begin()
	return f.w.Flush()
}

// begin writes the header once, also where there is no row. The writer keeps its
// first error.
func (f *csvFile) begin() {
	if !f.begun {
		f.begun = true
		_ = f.line(reflect.ValueOf(flatRow{}), func(name string, _ any) (string, error) { return name, nil })
	}
}

// line writes a cell for each column, those of the provenance last.
func (f *csvFile) line(row reflect.Value, cell func(name string, value any) (string, error)) error {
	first := true
	for field := range reflect.TypeFor[flatRow]().NumField() {
		if row.Type().Field(field).Anonymous {
			continue
		}
		if err := f.cell(row.Field(field), row.Type().Field(field), &first, cell); err != nil {
			return err
		}
	}
	provenance := row.FieldByName("Provenance")
	for field := range provenance.NumField() {
		if err := f.cell(provenance.Field(field), provenance.Type().Field(field), &first, cell); err != nil {
			return err
		}
	}
	_, err := f.w.WriteString("\r\n")
	return err
}

func (f *csvFile) cell(value reflect.Value, of reflect.StructField, first *bool, cell func(string, any) (string, error)) error {
	name, _, _ := strings.Cut(of.Tag.Get("parquet"), ",")
	text, err := cell(name, value.Interface())
	if err != nil {
		return err
	}
	if !*first {
		text = "," + text
	}
	*first = false
	_, err = f.w.WriteString(text)
	return err
}

// cellOf writes a value: what is not known is empty.
func cellOf(value any) (string, error) {
	switch v := value.(type) {
	case []string:
		return spreadsheet.Text(strings.Join(v, "|")), nil
	case []Message:
		if len(v) == 0 {
			return "", nil
		}
		text, err := json.Marshal(v)
		return spreadsheet.Text(string(text)), err
	case bool:
		return strconv.FormatBool(v), nil
	case *float64:
		if v == nil {
			return "", nil
		}
		return strconv.FormatFloat(*v, 'f', -1, 64), nil
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano), nil
	}
	return spreadsheet.Text(reflect.ValueOf(value).String()), nil
}
