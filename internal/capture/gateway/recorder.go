package gateway

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"compress/zlib"
	"context"
	"io"
	"log/slog"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/capture/failure"
	"github.com/heed-ai/heed/internal/privacy"
)

const (
	// What has ended is read every readEvery and recorded every recordEvery, so that
	// nobody is woken for a single call, what is read at once keeps no core from
	// the calls under way, and many share a write to the disk: nobody waits for it.
	// recorders work at once, each on up to maxBatch responses. maxWaiting calls may
	// wait; beyond that they are lost, and counted.
	readEvery   = 20 * time.Millisecond
	recordEvery = 100 * time.Millisecond
	recorders   = 4
	maxBatch    = 256
	maxWaiting  = 4096
	// recordTimeout bounds making one batch durable.
	recordTimeout = 10 * time.Second
)

// recorder makes responses of calls that have ended, off their way.
type recorder struct {
	intake *capture.Intake
	log    *slog.Logger
	lost   atomic.Int64

	mu     sync.Mutex
	ended  []*call // that wait
	due    *time.Timer
	closed bool

	end     chan struct{}
	done    sync.WaitGroup
	working chan struct{} // as many recorders may work
}

func newRecorder(intake *capture.Intake, log *slog.Logger) *recorder {
	r := &recorder{intake: intake, log: log, due: time.NewTimer(readEvery), end: make(chan struct{}), working: make(chan struct{}, recorders)}
	r.done.Go(r.run)
	return r
}

// take hands a call over, and never waits.
func (r *recorder) take(c *call) {
	r.mu.Lock()
	kept := !r.closed && c.who != nil && len(r.ended) < maxWaiting
	if kept {
		if r.ended = append(r.ended, c); len(r.ended) == 1 {
			r.due.Reset(readEvery)
		}
	}
	r.mu.Unlock()
	if !kept {
		c.leave()
		r.lost.Add(1)
	}
}

// close records what waits.
func (r *recorder) close() {
	r.mu.Lock()
	if !r.closed {
		r.closed = true
		close(r.end)
	}
	r.mu.Unlock()
	r.done.Wait()
}

// run reads the calls that have ended, in their order.
func (r *recorder) run() {
	read := make(map[access.Principal][]capture.Item)
	late := time.NewTimer(0) // runs while something is read and not recorded
	record := func() {
		for who, items := range read {
			r.working <- struct{}{}
			r.done.Go(func() {
				defer func() { <-r.working }()
				r.record(who, items)
			})
		}
		clear(read)
	}
	for {
		select {
		case <-r.due.C:
		case <-late.C:
			record()
			continue
		case <-r.end:
		}
		calls, last := r.next()
		for _, c := range calls {
			if len(read) == 0 {
				late.Reset(recordEvery)
			}
			c.remember()
			items := append(read[*c.who], capture.Item{Response: c.response()})
			read[*c.who] = items
			c.free()
			if len(items) == maxBatch {
				record()
			}
			runtime.Gosched() // to the calls under way
		}
		if last {
			record()
			return
		}
	}
}

// next takes the calls that wait. They are the last when the recorder is closed.
func (r *recorder) next() (calls []*call, last bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	calls, r.ended = r.ended, nil
	return calls, r.closed
}

func (r *recorder) record(who access.Principal, items []capture.Item) {
	ctx, cancel := context.WithTimeout(context.Background(), recordTimeout)
	defer cancel()
	lost := int64(0)
	_, _, err := r.intake.Accept(ctx, who, capture.Call{}, items, func(outcomes []capture.Outcome) (any, error) {
		for _, o := range outcomes {
			if o.Err != nil {
				lost++
			}
		}
		return nil, nil
	})
	if err != nil {
		lost = int64(len(items))
	}
	if lost > 0 && r.lost.Add(lost) == lost {
		r.log.Warn("the gateway could not record a call; heed_gateway_lost_total counts them", "error", err)
	}
}

// response is what the copy of an answer tells.
func (c *call) response() *capture.Response {
	response := c.told
	in := &c.record
	a := c.read()
	response.Began = c.begun
	response.ID, response.Model, response.Usage = in.id, label(cmp.Or(a.model, c.modelAsked())), a.usage
	response.Usage.CostUSD = a.cost(c.gateway.prices, c.begun)
	response.Timing = heed.Timing{DurationMS: c.sinceBegun(in.ended), TTFTMS: a.ttft}
	if !in.begun.IsZero() {
		response.TTFBMS = c.sinceBegun(in.begun)
	}
	response.Outcome = in.outcome(c.kind, &a.answer)
	if c.sent != nil {
		response.Input = privacy.NewRaw(strings.TrimSpace(withoutPerson(c.sent)))
	}
	if in.answer.whole() {
		response.Output = privacy.NewRaw(heed.KeepText(string(a.text)))
	}
	c.beHeld(&response)
	return &response
}

// modelAsked is the model that the request names: what failed tells of none.
func (c *call) modelAsked() string {
	s := &scan{text: c.sent}
	for s.open('{'); s.more('}'); {
		if string(s.key()) == "model" {
			return s.string()
		}
		s.skip()
	}
	return ""
}

// said is what an answer says, read once.
type said struct {
	answer
	ttft *float64
	cut  bool // the copy could not be read to its end
}

// read reads the copy of an answer. It is called by one goroutine at a time.
func (c *call) read() *said {
	if c.said != nil {
		return c.said
	}
	c.said = &said{}
	in := &c.record
	text, read := decompressed(in.answer.bytes(), in.encoding, maxAnswerCopy)
	c.said.cut = !read
	if !in.streamed {
		c.kind.parse(&c.said.answer, bytes.TrimSpace(text))
		return c.said
	}
	for end, event := range eventsIn(text) {
		if c.kind.parse(&c.said.answer, event) && c.said.ttft == nil && in.encoding == "" {
			c.said.ttft = in.at(end)
		}
	}
	return c.said
}

func (c *call) sinceBegun(at time.Time) *float64 {
	ms := float64(at.Sub(c.begun)) / float64(time.Millisecond)
	return &ms
}

// at is when the answer had become so long, in milliseconds after the call began.
func (r *record) at(size int) *float64 {
	for _, m := range r.marks {
		if int(m.size) >= size {
			ms := float64(m.at) / 1000
			return &ms
		}
	}
	return nil
}

func (r *record) outcome(k kind, a *answer) heed.Outcome {
	o := heed.Outcome{Status: heed.StatusOK, FinishReason: label(a.finish)}
	switch {
	case r.status >= 400 || a.errorCode != "":
		kind, code := failure.Of(signsOf(r.status, a))
		o = heed.Outcome{Status: heed.StatusError, ErrorType: kind, ErrorCode: code, FinishReason: o.FinishReason}
		if a.errorCode != "" && a.errorCode != "error" {
			o.ErrorCode = label(a.errorCode)
		}
	case r.failure != "":
		o = heed.Outcome{Status: heed.StatusError, ErrorType: r.failure, FinishReason: o.FinishReason}
	case r.streamed && r.answer.whole() && r.encoding == "" && !k.ends(a):
		o = heed.Outcome{Status: heed.StatusError, ErrorType: "stream_interrupted"}
	}
	return o
}

// signsOf puts together what tells how a call failed. The status comes first
// only where the call did not begin well.
func signsOf(status int, a *answer) string {
	signs := a.errorCode + " " + a.errorMessage
	if status >= 400 {
		signs = strconv.Itoa(status) + " " + signs
	}
	return signs
}

// label cuts nothing: what is too long to be a name, or no text, is none. A call
// is not lost for it.
func label(s string) string {
	if len(s) > heed.MaxLabelBytes || !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
		return ""
	}
	return s
}

// decompressed reads as much of a copy as there is, up to most bytes. all is false
// where it cannot be read, or is longer.
func decompressed(copied []byte, encoding string, most int) (text []byte, all bool) {
	var r io.Reader
	var err error
	switch encoding {
	case "", "identity":
		return copied, true
	case "gzip":
		r, err = gzip.NewReader(bytes.NewReader(copied))
	case "deflate":
		r, err = zlib.NewReader(bytes.NewReader(copied))
	case "zstd":
		var d *zstd.Decoder
		if d, err = zstd.NewReader(bytes.NewReader(copied), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20)); err == nil {
			defer d.Close()
			r = d
		}
	default:
		return nil, false // such as br: the answer goes through, its insides stay unknown
	}
	if err != nil {
		return nil, false
	}
	text, _ = io.ReadAll(io.LimitReader(r, int64(most))) // what came before an end that is missing
	return text, len(text) < most
}
