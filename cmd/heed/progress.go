package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progressInterval is how often progress is told where there is no terminal
// to draw on.
const progressInterval = 5 * time.Second

// progress tells how far a long command has got: as a bar on a terminal, and
// as a line every few seconds elsewhere. What it prints is for people; the
// result of the command goes to standard output. Not safe for concurrent use.
type progress struct {
	w     io.Writer
	bar   *progressbar.ProgressBar // nil: lines
	verb  string                   // "imported"
	noun  string                   // "events"
	total int64                    // what position grows to; 0: not known
	told  time.Time
}

// newProgress starts to tell on w. total is the position at which the work is
// done, in any unit, or 0 where nobody knows.
func newProgress(w *os.File, verb, noun string, total int64) *progress {
	p := &progress{w: w, verb: verb, noun: noun, total: total, told: time.Now()}
	if term.IsTerminal(int(w.Fd())) {
		p.bar = newBar(w, total)
	}
	return p
}

// noProgress tells nothing, for a command whose result is on the same terminal.
func noProgress() *progress { return &progress{w: io.Discard, told: time.Now()} }

func newBar(w io.Writer, total int64) *progressbar.ProgressBar {
	if total <= 0 {
		total = -1 // turns instead of filling up
	}
	return progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(w), progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetSpinnerChangeInterval(0), progressbar.OptionSetRenderBlankState(true),
		progressbar.OptionClearOnFinish(), progressbar.OptionSetElapsedTime(false),
	)
}

// advance notes that count things are done in all, and the position of the
// last of them.
func (p *progress) advance(count, position int64) {
	if p.bar != nil {
		// A terminal that cannot be drawn on must not stop the work.
		p.bar.Describe(grouped(count) + " " + p.noun)
		_ = p.bar.Set64(position)
		return
	}
	if time.Since(p.told) < progressInterval {
		return
	}
	p.told = time.Now()
	line := fmt.Sprintf("%s %s %s", p.verb, grouped(count), p.noun)
	if p.total > 0 {
		line += fmt.Sprintf(", %d %%", min(100, 100*position/p.total))
	}
	fmt.Fprintln(p.w, line)
}

// say prints a line of its own, past the bar.
func (p *progress) say(line string) {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
	fmt.Fprintln(p.w, line)
}

// done takes the bar away.
func (p *progress) done() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}

// grouped writes a count as people read it: 1,234,567.
func grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// counted writes a count with its noun: "1 line", "2 lines".
func counted(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return grouped(n) + " " + noun + "s"
}
