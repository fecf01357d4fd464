package main

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// report is what a run found.
type report struct {
	machine machine
	at      time.Time
	quick   bool
	sizes   sizes
	figures []figure
}

var columns = [...]string{"what", "target", "value", "null server", "ratio", "", "why"}

// table is the figures as a Markdown table, padded to be read as text too.
func (r *report) table() string {
	lines := [][]string{columns[:]}
	for _, f := range r.figures {
		lines = append(lines, f.cells())
	}
	var widths [len(columns)]int
	for _, cells := range lines {
		for i, cell := range cells {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var out strings.Builder
	for n, cells := range lines {
		for i, cell := range cells {
			fmt.Fprintf(&out, "| %s%s ", cell, strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)))
		}
		out.WriteString("|\n")
		if n == 0 {
			for i := range cells {
				out.WriteString("|" + strings.Repeat("-", widths[i]+2))
			}
			out.WriteString("|\n")
		}
	}
	return out.String()
}

// markdown is the report as docs/performance.md.
func (r *report) markdown() string {
	var out strings.Builder
	out.WriteString("# Performance\n\n")
	fmt.Fprintf(&out, "Written by `make bench` on %s. Do not edit: the next run writes it anew.\n\n", r.at.UTC().Format(time.DateOnly))
	if r.quick {
		out.WriteString("**A quick run with small sizes: it shows that everything works, not how fast it is.**\n\n")
	}
	m := r.machine
	fmt.Fprintf(&out, "Machine: %s, %d cores, %s memory, Linux %s, data on %s, %s. Load before the run: %s.\n\n",
		m.cpu, m.cores, m.memory, m.kernel, m.disk, m.golang, m.load)
	out.WriteString(r.table())
	fmt.Fprintf(&out, howMeasured,
		r.sizes.open, thousands(float64(r.sizes.known)), thousands(people), r.sizes.rounds, r.sizes.round, r.sizes.samples, gatewayTurns, r.sizes.calls,
		thousands(float64(r.sizes.streams)), thousands(float64(r.sizes.responses)), r.sizes.overviews, thousands(float64(r.sizes.demo)), r.sizes.settle, r.sizes.idle, r.sizes.starts)
	return out.String()
}

// howMeasured explains the rows; its verbs are filled from the sizes.
const howMeasured = `
## How it is measured

Every server is the real binary in a process of its own with default settings, a new data directory and a connection over
loopback. **The load generator runs on the same cores as the server**, and takes its share of them: of a small machine
about half. The *null server* is a process that reads the same requests and answers as many bytes, and does nothing else; it is
measured just before heed with the same generator. *Ratio* is heed ÷ null. A machine that is busy slows both.

A row fails as a whole if a single request is not answered as it should be: no figure leaves out errors.

- **Feedback at 2,000/s**: requests are sent at a constant rate for %s, after two seconds that do not count, whether or
  not earlier ones are answered. Each is timed from the moment it was due, so that one slow answer shows in all that wait for
  it. Of a hundred, seventy only vote, twenty add tags, ten write 200 bytes and name one of the product's people, whose text is
  redacted and sealed under a key of their own. Nine of ten rate one of %s responses that were stored just before; the tenth
  has not arrived yet. There are %s people. With tokens, each request has one of its own, and half of the tokens name a person.
- **Feedback, 64 connections**: the same, each connection as fast as it can, in %d turns of %s with the null server; the
  medians are shown, and the ratio is the median of the turns' ratios.
- **Accepted → visible**: from the acknowledgement to the first ` + "`GET /v1/feedback/{id}`" + ` that finds it, asked every 20 ms; %d samples
  while others give 500 feedback a second.
- **Events**: batches made beforehand, until the last is acknowledged and until ` + "`GET /v1/stats`" + ` counts them all.
- **OTLP**: spans of calls to a model in protobuf, made beforehand as an exporter of OpenTelemetry would make them, until the last batch is
  answered and until ` + "`GET /v1/stats`" + ` counts them all; then the same with 1 kB of text in each, in a project that keeps it redacted.
- **Gateway**: calls at a constant rate to a server that answers as a provider does, as JSON of 1 kB or as a stream of 20 events: directly,
  through a process that is a bare ` + "`httputil.ReverseProxy`" + ` and reads a call before it passes it on, and through heed, in turn, %d times %s each. What stands there is the median of what
  heed adds to the direct call; beside it, as the null server's, what the bare proxy adds.
- **Streams**: memory of heed while %s streams through its gateway are open, after their first event.
- **Overview**: %s responses of five models and four prompt versions over 30 days, 20 %% of them with a signal that they were
  shown and 2 %% with feedback, loaded through ` + "`POST /v1/events`" + `. Then %d times, each for a window of its own that ends at
  that moment: ` + "`/v1/stats?by=model,prompt_version`" + `, and then ` + "`/v1/stats/series?step=24h`" + `. The target is for both together.
- **Review**: as many responses over two weeks, and twenty findings with a selection, half of them fixed; from ` + "`POST /v1/reviews`" + ` to its answer,
  the slowest of three. What is measured before the first is answered from no cache.
- **Redaction**: the package by itself, one goroutine; the median of five rounds.
- **Idle**: %s responses with signals and feedback, stored through the API. After %s of rest, CPU over %s from /proc.
- **Start**: from exec to the line that says ready; the median of %d. The demo: from exec until the first feedback after ready can
  be read.
- **Console**: ` + "`e2e/speed.mjs`" + ` drives the demo in Chromium, on the same cores: six places of the console, 25 times each, from the
  click to the second frame that shows what was asked for; then the overview loaded 15 times. Sizes are of what the server sends,
  packed by gzip at its best.
`
