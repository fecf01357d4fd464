// Package emit tells an OpenTelemetry endpoint what people say of answers: one
// gen_ai.evaluation.result for each vote and score, as it is given, changed or
// taken back. What they wrote, and who they are, stays with Heed.
package emit

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

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
	stop     context.CancelFunc
	stopping context.Context
	done     sync.WaitGroup
}

// Check names what is wrong with an endpoint or its headers, each name=value.
func Check(endpoint string, headers []string) error {
	address, err := url.Parse(endpoint)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return fmt.Errorf("needs a url such as http://127.0.0.1:4318/v1/logs")
	}
	for _, header := range headers {
		if name, _, ok := strings.Cut(header, "="); !ok || name == "" {
			return fmt.Errorf("needs headers such as authorization=Bearer …")
		}
	}
	return nil
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

// Close sends what waits, once, and ends.
func (e *Emitter) Close() error {
	e.stop()
	e.done.Wait()
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
	body, err := plogotlp.NewExportRequestFromLogs(logs).MarshalProto()
	again := err == nil
	for try, wait := 0, firstWait; again && try < maxTries; try, wait = try+1, min(2*wait, lastWait) {
		if try > 0 {
			select {
			case <-time.After(wait):
			case <-e.stopping.Done():
				try = maxTries // the last
			}
		}
		if again, err = e.send(body); err == nil {
			return
		}
	}
	if n := int64(logs.LogRecordCount()); e.lost.Add(n) == n {
		e.log.Warn("what people say could not be sent on; heed_emit_lost_total counts it", "error", err)
	}
}

// send makes one try. again reports whether another may do better, as the
// specification of OTLP says.
func (e *Emitter) send(body []byte) (again bool, err error) {
	request, err := http.NewRequest(http.MethodPost, e.endpoint, bytes.NewReader(body))
	if err != nil {
		return false, err
	}
	request.Header = e.headers.Clone()
	request.Header.Set("Content-Type", "application/x-protobuf")
	answer, err := e.client.Do(request)
	if err != nil {
		return true, err
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10))
	switch answer.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		again = true
	}
	if answer.StatusCode/100 != 2 {
		return again, fmt.Errorf("the endpoint answered %d", answer.StatusCode)
	}
	return false, nil
}

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
