package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/heed-ai/heed/internal/api"
	"github.com/heed-ai/heed/internal/query"
)

type exportCommand struct {
	remote
	What   string   `arg:"" optional:"" enum:"feedback,responses" default:"feedback" help:"feedback or responses."`
	Format string   `enum:",jsonl,csv,parquet" default:"" help:"jsonl, csv or parquet; by default what --out ends with, or else jsonl. jsonl is as the API has it. In csv, text that a spreadsheet would run begins with ' and tags stand between |. parquet has typed columns."`
	Out    string   `help:"File to write, readable by you alone; standard output unless told otherwise." placeholder:"FILE"`
	Filter []string `sep:"none" help:"Keep what has this value, such as vote=down or model=gpt-5. The same name again is \"or\", another name is \"and\"." placeholder:"NAME=VALUE"`
	From   moment   `help:"Start of the window, inclusive: a date, or a time in RFC 3339." placeholder:"TIME"`
	To     moment   `help:"End of the window, exclusive." placeholder:"TIME"`
}

// exportPage is how many items are asked for at a time.
const exportPage = "1000"

// Run writes everything that matches, newest first, as it is at the moment
// each page is read. A file is there whole or not at all.
func (cmd exportCommand) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	q, err := cmd.query()
	if err != nil {
		return err
	}
	cmd.Format = cmd.format()
	if cmd.Format == "parquet" && cmd.toStdout() {
		return errors.New("a Parquet file needs a name: add --out FILE")
	}
	out, err := cmd.create(env)
	if err != nil {
		return err
	}
	defer out.discard()
	told := cmd.progress(env)
	var rows int64
	if err = cmd.announce(env.ctx, c, q); err == nil {
		rows, err = exportAll(env.ctx, c, "/v1/"+cmd.What, q, cmd.sink(out), told)
	}
	told.done()
	if err == nil {
		err = out.keep()
	}
	switch {
	case err != nil && env.ctx.Err() != nil && !out.replaces():
		return errors.New("the export was interrupted: it is not whole")
	case err != nil && env.ctx.Err() != nil:
		return fmt.Errorf("the export was interrupted: %s is as it was", cmd.Out)
	case err != nil || cmd.toStdout():
		return err
	}
	// An interruption from here on came too late to change anything.
	_, err = fmt.Fprintf(env.stdout, "Exported %s to %s.\n", counted(rows, "row"), cmd.Out)
	return err
}

// announce has the server write down that this is an export, before there is a
// page of it.
func (cmd exportCommand) announce(ctx context.Context, c *client, q url.Values) error {
	body := api.ExportBody{List: cmd.What, Format: cmd.Format}
	for name := range q {
		if name != "limit" && name != "of" {
			body.Filters = append(body.Filters, name)
		}
	}
	return c.do(ctx, http.MethodPost, "/v1/exports", "", body, nil)
}

// format is the one asked for, or else the one that the file's name says.
func (cmd exportCommand) format() string {
	if cmd.Format != "" {
		return cmd.Format
	}
	switch ending := strings.TrimPrefix(filepath.Ext(cmd.Out), "."); ending {
	case "csv", "parquet":
		return ending
	}
	return "jsonl"
}

func (cmd exportCommand) toStdout() bool { return cmd.Out == "" || cmd.Out == "-" }

func (cmd exportCommand) create(env *environment) (*output, error) {
	if cmd.toStdout() {
		return streamTo(env.stdout), nil
	}
	return createOutput(cmd.Out)
}

// progress is silent where it would be mixed with the rows.
func (cmd exportCommand) progress(env *environment) *progress {
	if f, ok := env.stdout.(*os.File); ok && cmd.toStdout() && term.IsTerminal(int(f.Fd())) {
		return noProgress()
	}
	return newProgress(env.stderr, "exported", "rows", 0)
}

func (cmd exportCommand) sink(out *output) rowSink {
	switch cmd.Format + " " + cmd.What {
	case "csv feedback":
		return newCSVSink[feedbackRow](out)
	case "csv responses":
		return newCSVSink[responseRow](out)
	case "parquet feedback":
		return newParquetSink[feedbackRow](out)
	case "parquet responses":
		return newParquetSink[responseRow](out)
	}
	return jsonlSink{out}
}

// query is what every page is asked with. A name that is no filter is refused
// here, so that a slip of the pen does not export everything.
func (cmd exportCommand) query() (url.Values, error) {
	q := url.Values{"limit": {exportPage}}
	if cmd.What == "responses" {
		q.Set("of", string(query.Everything))
	}
	for _, filter := range cmd.Filter {
		name, value, ok := strings.Cut(filter, "=")
		if !ok || !slices.Contains(query.Dimensions(), query.Dimension(name)) {
			return nil, fmt.Errorf("--filter takes name=value, with a name out of: %s", joined(query.Dimensions()))
		}
		q.Add(name, value)
	}
	for name, at := range map[string]moment{"from": cmd.From, "to": cmd.To} {
		if !at.IsZero() {
			q.Set(name, at.Format(time.RFC3339Nano))
		}
	}
	return q, nil
}

func joined(names []query.Dimension) string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = string(name)
	}
	return strings.Join(texts, ", ")
}

// moment is a time on the command line. A date is its first moment in UTC.
type moment struct{ time.Time }

// UnmarshalText reads a date or a time in RFC 3339.
func (m *moment) UnmarshalText(text []byte) error {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, string(text)); err == nil {
			m.Time = t
			return nil
		}
	}
	return errors.New("must be a date such as 2026-01-31 or a time such as 2026-01-31T12:00:00Z")
}

// rowSink writes items in one format. Rows are whole once close has returned.
type rowSink interface {
	write(items []json.RawMessage) error
	close() error
}

// exportAll writes every page of a list into sink and returns how many items
// there were.
func exportAll(ctx context.Context, c *client, path string, q url.Values, sink rowSink, told *progress) (int64, error) {
	var rows int64
	for {
		var page struct {
			Items []json.RawMessage `json:"items"`
			Next  string            `json:"next"`
		}
		if err := c.do(ctx, http.MethodGet, path+"?"+q.Encode(), "", nil, &page); err != nil {
			return rows, err
		}
		if err := sink.write(page.Items); err != nil {
			return rows, err
		}
		rows += int64(len(page.Items))
		told.advance(rows, rows)
		if page.Next == "" {
			return rows, sink.close()
		}
		if page.Next == q.Get("cursor") {
			return rows, errors.New("the server answered with the same page again: is HEED_URL the address of a heed?")
		}
		q.Set("cursor", page.Next)
	}
}
