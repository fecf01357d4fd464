// Package emit tells an OpenTelemetry endpoint what people say of answers: one
// gen_ai.evaluation.result for each vote and score, as it is given, changed or
// taken back. What they wrote, and who they are, stays with Heed.
package emit

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

const (
	maxWaiting = 10_000 // records; beyond that they are lost, and counted
	maxBatch   = 512
	sendEvery  = time.Second
	sendWithin = 10 * time.Second // one try
	firstWait  = time.Second      // before another
	lastWait   = time.Minute
	maxTries   = 8 // over some four minutes

	// closeWithin leaves room within the ten seconds that stopping may take.
	closeWithin = 2 * time.Second
)

// Emitter sends records off the way of those who give feedback. Safe for
// concurrent use.
type Emitter struct {
	endpoint string
	headers  http.Header
	client   *http.Client
	log      *slog.Logger
	waiting  chan plog.LogRecord
	lost     atomic.Int64
	warned   atomic.Bool
	stop     context.CancelFunc
	stopping context.Context
	cut      context.CancelFunc
	sending  context.Context // of every request
	done     sync.WaitGroup
}

// Check names what is wrong with an endpoint or its headers, each name=value.
func Check(endpoint string, headers []string) error {
	address, err := url.Parse(endpoint)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return fmt.Errorf("needs a url such as http://127.0.0.1:4318/v1/logs")
	}
	for _, header := range headers {
		name, value, ok := strings.Cut(header, "=")
		if !ok || name == "" || strings.ContainsFunc(name, notNameRune) || strings.ContainsFunc(value, unicode.IsControl) {
			return fmt.Errorf("needs headers such as authorization=Bearer …")
		}
	}
	return nil
}

func notNameRune(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
}

// New makes an Emitter to an endpoint of OTLP/HTTP for logs, which Check finds
// nothing wrong with.
func New(endpoint string, headers []string, log *slog.Logger) *Emitter {
	e := &Emitter{
		endpoint: endpoint, headers: http.Header{}, log: log, waiting: make(chan plog.LogRecord, maxWaiting),
		client: &http.Client{Timeout: sendWithin, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, "=")
		e.headers.Set(name, value)
	}
	e.stopping, e.stop = context.WithCancel(context.Background())
	e.sending, e.cut = context.WithCancel(context.Background())
	e.done.Go(e.run)
	return e
}

// Lost counts what could not be sent.
func (e *Emitter) Lost() int64 { return e.lost.Load() }

// Take sends on what events say, some time later. It never waits.
func (e *Emitter) Take(events []store.Event) {
	for i := range events {
		if ev := &events[i]; ev.Feedback != nil && (ev.Feedback.Vote.Set || ev.Feedback.Score.Set) {
			select {
			case e.waiting <- recordOf(ev):
			default:
				e.lost.Add(1)
			}
		}
	}
}

// Close sends what waits, once, and ends. What an endpoint does not take within
// closeWithin is lost: nobody waits for it when the process stops.
func (e *Emitter) Close() error {
	e.stop()
	late := time.AfterFunc(closeWithin, e.cut)
	e.done.Wait()
	late.Stop()
	e.cut()
	return nil
}

func (e *Emitter) run() {
	for {
		select {
		case first := <-e.waiting:
			e.deliver(e.gather(first))
		case <-e.stopping.Done():
			for {
				select {
				case first := <-e.waiting:
					e.deliver(e.gather(first))
				default:
					return
				}
			}
		}
	}
}

// gather takes what comes within sendEvery, or is there when the process stops.
func (e *Emitter) gather(first plog.LogRecord) plog.Logs {
	logs := plog.NewLogs()
	resource := logs.ResourceLogs().AppendEmpty()
	resource.Resource().Attributes().PutStr("service.name", "heed")
	records := resource.ScopeLogs().AppendEmpty().LogRecords()
	first.CopyTo(records.AppendEmpty())
	enough := time.After(sendEvery)
	for records.Len() < maxBatch {
		select {
		case next := <-e.waiting:
			next.CopyTo(records.AppendEmpty())
			continue
		default:
		}
		select {
		case next := <-e.waiting:
			next.CopyTo(records.AppendEmpty())
		case <-enough:
			return logs
		case <-e.stopping.Done():
			return logs
		}
	}
	return logs
}

// deliver sends until it is taken, or it is of no use to try again.
func (e *Emitter) deliver(logs plog.Logs) {
	refused, err := int64(logs.LogRecordCount()), error(nil)
	if body, broken := plogotlp.NewExportRequestFromLogs(logs).MarshalProto(); broken == nil {
		refused, err = e.insist(body, refused)
	}
	if e.lost.Add(refused); refused > 0 && e.warned.CompareAndSwap(false, true) {
		e.log.Warn("what people say could not be sent on; heed_emit_lost_total counts it", "error", err)
	}
}

// insist sends the n records of a body, up to maxTries times, and returns how
// many of them were not taken.
func (e *Emitter) insist(body []byte, n int64) (refused int64, err error) {
	wait := firstWait
	for try := range maxTries {
		if try > 0 {
			select {
			case <-time.After(wait):
			case <-e.stopping.Done():
			}
			wait = min(2*wait, lastWait)
		}
		last := e.stopping.Err() != nil
		a, tried := e.send(body)
		if tried == nil {
			return a.refused, nil
		}
		if err = tried; last || !a.again {
			break
		}
		wait = min(max(wait, a.after), lastWait)
	}
	return n, err
}

// answer is what an endpoint says of a try.
type answer struct {
	again   bool          // another may do better
	after   time.Duration // but not before
	refused int64         // records of it, for good
}

// send makes one try, and judges it as the specification of OTLP says.
func (e *Emitter) send(body []byte) (answer, error) {
	request, err := http.NewRequestWithContext(e.sending, http.MethodPost, e.endpoint, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	request.Header = e.headers.Clone()
	request.Header.Set("Content-Type", "application/x-protobuf")
	got, err := e.client.Do(request)
	if err != nil {
		if failed, ok := errors.AsType[*url.Error](err); ok {
			err = failed.Err // without the address, which may hold a key
		}
		return answer{again: true}, err
	}
	defer got.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(got.Body, maxAnswerBytes))
	if got.StatusCode/100 == 2 {
		taken := plogotlp.NewExportResponse()
		if taken.UnmarshalProto(text) != nil {
			return answer{}, nil // in whatever way, it is taken
		}
		return answer{refused: max(0, taken.PartialSuccess().RejectedLogRecords())}, nil
	}
	var a answer
	switch got.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		seconds, _ := strconv.Atoi(got.Header.Get("Retry-After"))
		a.again, a.after = true, time.Duration(min(seconds, int(lastWait/time.Second)))*time.Second
	}
	return a, fmt.Errorf("the endpoint answered %d", got.StatusCode)
}

// maxAnswerBytes bounds how much of an answer is read.
const maxAnswerBytes = 64 << 10

// FeedbackID is the attribute that names the feedback, by which a Heed knows
// what another one tells of.
const FeedbackID = "heed.feedback.id"

// recordOf is an event in the words of OpenTelemetry's conventions.
func recordOf(ev *store.Event) plog.LogRecord {
	record, f := plog.NewLogRecord(), ev.Feedback
	at := f.Time
	if at.IsZero() {
		at = ev.Received
	}
	record.SetEventName("gen_ai.evaluation.result")
	record.SetTimestamp(pcommon.NewTimestampFromTime(at))
	record.SetObservedTimestamp(pcommon.NewTimestampFromTime(ev.Received))
	var trace pcommon.TraceID
	var span pcommon.SpanID
	if n, err := hex.Decode(trace[:], []byte(bounded(f.TraceID, 2*len(trace)))); err == nil && n == len(trace) {
		record.SetTraceID(trace)
		if n, err := hex.Decode(span[:], []byte(bounded(f.SpanID, 2*len(span)))); err == nil && n == len(span) {
			record.SetSpanID(span)
		}
	}
	a := record.Attributes()
	a.PutStr(FeedbackID, string(f.ID))
	a.PutStr("gen_ai.evaluation.name", "user_feedback")
	a.PutStr("annotator_kind", "HUMAN")
	if f.ResponseID != "" {
		a.PutStr("gen_ai.response.id", string(f.ResponseID))
	}
	switch {
	case f.Vote.Value == heed.VoteUp:
		a.PutDouble("gen_ai.evaluation.score.value", 1)
		a.PutStr("gen_ai.evaluation.score.label", "pass")
	case f.Vote.Value == heed.VoteDown:
		a.PutDouble("gen_ai.evaluation.score.value", 0)
		a.PutStr("gen_ai.evaluation.score.label", "fail")
	case f.Score.Set && !f.Score.Null:
		a.PutDouble("gen_ai.evaluation.score.value", f.Score.Value.Value)
	default:
		a.PutStr("gen_ai.evaluation.score.label", "retracted")
	}
	return record
}

// bounded is nothing where a text is longer than an id can be.
func bounded(id string, most int) string {
	if len(id) > most {
		return ""
	}
	return id
}
