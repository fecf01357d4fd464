// Command bench measures the real heed binary over loopback against the
// targets of the design, and writes what it found, met or missed, with the
// machine it found it on.
//
// Every server it measures is a process of its own with a fresh data
// directory. Beside every row that speaks HTTP it measures a null server, which
// has the same protocol and does no work, so that a slow machine can be told
// from a slow Heed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == nullArgument {
		exit(serveNull(os.Stdin, os.Stderr))
	}
	if len(os.Args) == 2 && os.Args[1] == bareArgument {
		exit(serveBare(os.Stdin, os.Stderr))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	exit(err)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// bench is what every row needs to measure.
type bench struct {
	heed  string // the binary
	dir   string // data directories are made here
	sizes sizes
	log   io.Writer
}

// sizes say how much and how long is measured.
type sizes struct {
	open        time.Duration // of a row at a constant rate
	rounds      int           // of a closed loop, on each side
	round       time.Duration
	known       int           // responses stored before feedback is given
	samples     int           // of visibility
	events      int           // responses of the events row
	spans       int           // of the OTLP row
	calls       time.Duration // through the gateway, at each rate
	streams     int           // that are open through the gateway at once
	responses   int           // responses of the overview, and of the review
	overviews   int
	inbox       int // items
	inboxActs   int // of each kind
	demo        int // responses of an installation of the size of the demo
	idle        time.Duration
	settle      time.Duration // before idling is measured
	starts      int
	redactRound time.Duration
}

func fullSizes() sizes {
	return sizes{
		open: 20 * time.Second, rounds: 5, round: 2 * time.Second, known: 200_000, samples: 200, events: 400_000,
		spans: 400_000, calls: 4 * time.Second, streams: 1000,
		responses: 10_000_000, overviews: 100, inbox: 100_000, inboxActs: 60, demo: 60_000, idle: 20 * time.Second, settle: 10 * time.Second,
		starts: 5, redactRound: time.Second,
	}
}

func quickSizes() sizes {
	return sizes{
		open: 4 * time.Second, rounds: 3, round: time.Second, known: 50_000, samples: 40, events: 50_000,
		spans: 20_000, calls: time.Second, streams: 100,
		responses: 100_000, overviews: 20, inbox: 5000, inboxActs: 5, demo: 10_000, idle: 5 * time.Second, settle: 3 * time.Second,
		starts: 3, redactRound: 200 * time.Millisecond,
	}
}

// row measures one concern; it yields one figure for each target it has.
type row struct {
	name    string
	measure func(context.Context, *bench) ([]figure, error)
}

func rows() []row {
	return []row{
		{"feedback", measureFeedback},
		{"tokens", measureFeedbackByToken},
		{"throughput", measureThroughput},
		{"visible", measureVisible},
		{"events", measureEvents},
		{"otlp", measureOTLP},
		{"gateway", measureGateway},
		{"streams", measureStreams},
		{"overview", measureOverview},
		{"inbox", measureInbox},
		{"review", measureReview},
		{"redaction", measureRedaction},
		{"idle", measureIdle},
		{"start", measureStart},
		{"demo", measureDemo},
		{"console", measureConsole},
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	heed := flags.String("heed", "bin/heed", "the heed `binary` to measure")
	out := flags.String("out", "", "`file` to write the report to, besides printing the table")
	only := flags.String("only", "", "measure these `rows` only, separated by commas: "+strings.Join(names(), ","))
	quick := flags.Bool("quick", false, "small sizes: shows that everything works, not how fast it is")
	responses := flags.Int("responses", 0, "responses of the overview and review rows (10000000, or 100000 with -quick)")
	dir := flags.String("dir", "", "`directory` for data, on the disk to measure (default: a temporary one)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen, err := choose(*only)
	if err != nil {
		return err
	}
	b := &bench{sizes: fullSizes(), log: stderr}
	if *quick {
		b.sizes = quickSizes()
	}
	if *responses > 0 {
		b.sizes.responses = *responses
	}
	if b.heed, err = filepath.Abs(*heed); err != nil {
		return err
	}
	if b.dir, err = os.MkdirTemp(*dir, "heed-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)

	report := report{machine: describeMachine(b.dir), at: time.Now(), quick: *quick, sizes: b.sizes}
	err = b.measure(ctx, chosen, &report)
	fmt.Fprint(stdout, report.table())
	if *out != "" && ctx.Err() == nil {
		err = errors.Join(err, os.WriteFile(*out, []byte(report.markdown()), 0o644))
	}
	return err
}

// measure runs the rows. A row that fails stands in the report as not
// measured, and the others go on.
func (b *bench) measure(ctx context.Context, chosen []row, report *report) error {
	var failed error
	for _, row := range chosen {
		began := time.Now()
		fmt.Fprintf(b.log, "%s …\n", row.name)
		figures, err := row.measure(ctx, b)
		if ctx.Err() != nil {
			return errors.New("interrupted")
		}
		report.figures = append(report.figures, figures...)
		if err != nil {
			err = fmt.Errorf("row %s: %w", row.name, err)
			report.figures = append(report.figures, figure{what: row.name, failure: "not measured"})
			failed = errors.Join(failed, err)
		}
		for _, f := range figures {
			fmt.Fprintf(b.log, "  %s\n", f)
		}
		fmt.Fprintf(b.log, "%s took %s\n", row.name, time.Since(began).Round(time.Second))
	}
	return failed
}

func names() []string {
	var all []string
	for _, row := range rows() {
		all = append(all, row.name)
	}
	return all
}

// choose returns the rows of a list of names, in the order of the report.
func choose(list string) ([]row, error) {
	if list == "" {
		return rows(), nil
	}
	wanted := strings.Split(list, ",")
	for _, name := range wanted {
		if !slices.Contains(names(), name) {
			return nil, fmt.Errorf("there is no row %q: choose out of %s", name, strings.Join(names(), ", "))
		}
	}
	return slices.DeleteFunc(rows(), func(r row) bool { return !slices.Contains(wanted, r.name) }), nil
}
