package gateway

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"io"
	"log/slog"
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
	// recorders work at once, each on up to maxBatch answers of the last
	// recordEvery: nobody waits for what is recorded, so that many can share a
	// write to the disk. maxWaiting answers may wait; beyond that they are lost,
	// and counted.
	recorders   = 4
	recordEvery = 50 * time.Millisecond
	maxBatch    = 256
	maxWaiting  = 2048
	// recordTimeout bounds making one batch durable.
	recordTimeout = 10 * time.Second
)

// recorder makes responses of calls that have ended, off their way.
type recorder struct {
	intake  *capture.Intake
	log     *slog.Logger
	waiting chan *call
	done    sync.WaitGroup
	lost    atomic.Int64
	mu      sync.RWMutex
	closed  bool
}

func newRecorder(intake *capture.Intake, log *slog.Logger) *recorder {
	r := &recorder{intake: intake, log: log, waiting: make(chan *call, maxWaiting)}
	for range recorders {
		r.done.Go(r.run)
	}
	return r
}

// take hands a call over, and never waits.
func (r *recorder) take(c *call) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if !r.closed && c.who != nil {
		select {
		case r.waiting <- c:
			return
		default:
		}
	}
	r.lost.Add(1)
	c.free()
}

func (r *recorder) close() {
	r.mu.Lock()
	if !r.closed {
		r.closed = true
		close(r.waiting)
	}
	r.mu.Unlock()
	r.done.Wait()
}

func (r *recorder) run() {
	for first := range r.waiting {
		batch := map[access.Principal][]*call{*first.who: {first}}
		enough := time.After(recordEvery)
	gathering:
		for n := 1; n < maxBatch; n++ {
			select {
			case c, more := <-r.waiting:
				if !more {
					break gathering
				}
				batch[*c.who] = append(batch[*c.who], c)
			case <-enough:
				break gathering
			}
		}
		for who, calls := range batch {
			r.record(who, calls)
		}
	}
}

func (r *recorder) record(who access.Principal, calls []*call) {
	ctx, cancel := context.WithTimeout(context.Background(), recordTimeout)
	defer cancel()
	items := make([]capture.Item, len(calls))
	for i, c := range calls {
		items[i].Response = c.response()
		c.free()
	}
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
		lost = int64(len(calls))
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
	response.ID, response.Model, response.Usage = in.id, label(a.model), a.usage
	response.Usage.CostUSD = a.cost(c.gateway.prices, c.begun)
	response.Timing = heed.Timing{DurationMS: c.sinceBegun(in.ended), TTFTMS: a.ttft}
	if !in.begun.IsZero() {
		response.TTFBMS = c.sinceBegun(in.begun)
	}
	response.Outcome = in.outcome(c.kind, &a.answer)
	if c.sent != nil {
		response.Input = privacy.NewRaw(string(c.sent))
	}
	if in.answer.whole() {
		response.Output = privacy.NewRaw(a.text.String())
	}
	c.beHeld(&response)
	return &response
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
	text, read := decompressed(in.answer.Bytes(), in.encoding)
	c.said.cut = !read
	if !in.streamed {
		c.kind.parse(&c.said.answer, bytes.TrimSpace(text))
		return c.said
	}
	for end, event := range eventsIn(text) {
		if c.kind.parse(&c.said.answer, event) && c.said.ttft == nil && in.encoding == "" {
			c.said.ttft = c.sinceBegun(in.at(end))
		}
	}
	return c.said
}

func (c *call) sinceBegun(at time.Time) *float64 {
	ms := float64(at.Sub(c.begun)) / float64(time.Millisecond)
	return &ms
}

// at is when the answer had become so long.
func (r *record) at(size int) time.Time {
	for _, m := range r.marks {
		if m.size >= size {
			return m.at
		}
	}
	return r.ended
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

// decompressed reads as much of a copy as there is. all is false where it cannot
// be read, or is too long.
func decompressed(copied []byte, encoding string) (text []byte, all bool) {
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
	text, _ = io.ReadAll(io.LimitReader(r, maxAnswerCopy)) // what came before an end that is missing
	return text, len(text) < maxAnswerCopy
}
