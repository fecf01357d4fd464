package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture/gateway"
	"github.com/heed-ai/heed/internal/emit"
	"github.com/heed-ai/heed/internal/outward"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/review"
	"github.com/heed-ai/heed/internal/spool"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/telemetry"
)

// registerMetrics exposes the process, the spool, the gateway, and what Heed has
// taken in.
func registerMetrics(metrics *prometheus.Registry, queue *spool.Spool, calls *gateway.Gateway, answers *telemetry.Telemetry, emitter *emit.Emitter) {
	metrics.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		spoolCollector{queue}, answers,
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "heed_gateway_lost_total", Help: "Calls that went through the gateway and could not be recorded.",
		}, func() float64 { return float64(calls.Lost()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "heed_gateway_held_calls", Help: "Calls whose raw prompt and answer are held in memory.",
		}, func() float64 { n, _ := calls.Hold().Held(); return float64(n) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "heed_gateway_held_bytes", Help: "Memory that the calls held in memory take.",
		}, func() float64 { _, bytes := calls.Hold().Held(); return float64(bytes) }),
	)
	if emitter != nil {
		metrics.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "heed_emit_lost_total", Help: "Votes and scores that could not be sent on.",
		}, func() float64 { return float64(emitter.Lost()) }))
	}
}

// guardMetrics tells metrics to who runs the server.
func (s *Server) guardMetrics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.options.Door.MayReadMetrics(r, s.options.Metrics); err != nil {
			rest.WriteProblem(w, err)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// registerReviews exposes how the reviews of all projects stand.
func registerReviews(metrics *prometheus.Registry, scheduler *review.Scheduler) {
	gauge := func(name, help string, value func(review.Standing) int) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "heed_reviews_" + name, Help: help}, func() float64 { return float64(value(scheduler.Standing())) })
	}
	metrics.MustRegister(
		gauge("open", "Reviews that are open.", func(s review.Standing) int { return s.Open }),
		gauge("overdue", "Reviews that should have been closed.", func(s review.Standing) int { return s.Overdue }),
		gauge("waiting", "Reviews that are due and could not be written.", func(s review.Standing) int { return s.Waiting }),
	)
}

// standingWithin bounds how long the catalog is asked for metrics.
const standingWithin = 2 * time.Second

// deliveryCollector reads how deliveries to endpoints stand, of all projects.
type deliveryCollector struct {
	tried    func() []outward.Tried
	standing func(context.Context) (store.DeliveryStanding, error)
}

var (
	deliveryTries     = prometheus.NewDesc("heed_delivery_tries_total", "Tries to tell endpoints what happened, by how they went.", []string{"kind", "outcome"}, nil)
	deliveriesWaiting = prometheus.NewDesc("heed_deliveries_waiting", "Deliveries that wait for endpoints that are active.", nil, nil)
	deliveryOldest    = prometheus.NewDesc("heed_deliveries_oldest_seconds", "How long ago the first of these happened.", nil, nil)
	endpointStates    = prometheus.NewDesc("heed_endpoints", "Endpoints by state; failing ones are active and take nothing.", []string{"state"}, nil)
)

// Describe implements prometheus.Collector.
func (deliveryCollector) Describe(descs chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{deliveryTries, deliveriesWaiting, deliveryOldest, endpointStates} {
		descs <- d
	}
}

// Collect implements prometheus.Collector. While the catalog does not answer, what
// it knows is missing.
func (c deliveryCollector) Collect(metrics chan<- prometheus.Metric) {
	for _, t := range c.tried() {
		metrics <- prometheus.MustNewConstMetric(deliveryTries, prometheus.CounterValue, float64(t.Times), string(t.Kind), string(t.Outcome))
	}
	ctx, cancel := context.WithTimeout(context.Background(), standingWithin)
	defer cancel()
	s, err := c.standing(ctx)
	if err != nil {
		return
	}
	gauge := func(desc *prometheus.Desc, value float64, labels ...string) {
		metrics <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	}
	oldest := 0.0
	if !s.Oldest.IsZero() {
		oldest = time.Since(s.Oldest).Seconds()
	}
	gauge(deliveriesWaiting, float64(s.Waiting))
	gauge(deliveryOldest, oldest)
	gauge(endpointStates, float64(s.Endpoints[heed.EndpointActive]-s.Failing), string(heed.EndpointActive))
	gauge(endpointStates, float64(s.Failing), "failing")
	gauge(endpointStates, float64(s.Endpoints[heed.EndpointPaused]), string(heed.EndpointPaused))
	gauge(endpointStates, float64(s.Endpoints[heed.EndpointDisabled]), string(heed.EndpointDisabled))
}

// spoolCollector reads the state of the spool once for all of its metrics.
type spoolCollector struct{ *spool.Spool }

type spoolMetric struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(spool.Stats) float64
}

// spoolMetrics lists what is told of a spool.
func spoolMetrics() []spoolMetric {
	describe := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("heed_spool_"+name, help, nil, nil)
	}
	return []spoolMetric{
		{describe("bytes", "Bytes the spool takes on disk."), prometheus.GaugeValue, func(s spool.Stats) float64 { return float64(s.Bytes) }},
		{describe("pending_events", "Events that are durable and not yet stored."), prometheus.GaugeValue, func(s spool.Stats) float64 { return float64(s.Events) }},
		{describe("oldest_seconds", "Age of the oldest event not yet stored."), prometheus.GaugeValue, func(s spool.Stats) float64 { return s.Oldest.Seconds() }},
		{describe("set_aside_events", "Events set aside because they can never be stored."), prometheus.GaugeValue, func(s spool.Stats) float64 { return float64(s.SetAside) }},
		{describe("appended_events_total", "Events made durable."), prometheus.CounterValue, func(s spool.Stats) float64 { return float64(s.Appended) }},
		{describe("commits_total", "Writes to disk that made them durable."), prometheus.CounterValue, func(s spool.Stats) float64 { return float64(s.Commits) }},
	}
}

// Describe implements prometheus.Collector.
func (spoolCollector) Describe(descs chan<- *prometheus.Desc) {
	for _, m := range spoolMetrics() {
		descs <- m.desc
	}
}

// Collect implements prometheus.Collector.
func (c spoolCollector) Collect(metrics chan<- prometheus.Metric) {
	stats := c.Stats()
	for _, m := range spoolMetrics() {
		metrics <- prometheus.MustNewConstMetric(m.desc, m.kind, m.value(stats))
	}
}

// observe measures and logs every request and turns a panic into an answer, or
// cuts the connection where an answer has begun: its end would look like success.
// It names requests by route, never by path or query: those may hold tokens
// and ids.
func observe(metrics *prometheus.Registry, log *slog.Logger, refused *atomic.Int64, next http.Handler) http.Handler {
	durations := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "heed_http_request_duration_seconds", Help: "Time to answer requests, by route and status.",
		Buckets: []float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10},
	}, []string{"route", "status"})
	metrics.MustRegister(durations)
	o := &observer{durations, log, refused}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { o.serve(next, w, r) })
}

// observer is where what is observed goes.
type observer struct {
	durations *prometheus.HistogramVec
	log       *slog.Logger
	refused   *atomic.Int64 // calls that bring something, and were not taken
}

func (o *observer) serve(next http.Handler, w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	answer := &answerWriter{ResponseWriter: w}
	defer func() {
		cause, begun := recover(), answer.status != 0
		aborted := cause == http.ErrAbortHandler // by a handler that had begun to answer
		switch {
		case cause != nil && !aborted:
			o.panicked(answer, r)
		case leftEarly(r, answer.err):
			answer.status = statusLeftEarly
		case aborted:
			answer.status = http.StatusInternalServerError
		}
		o.tell(answer, r, time.Since(began))
		if cause != nil && (begun || aborted) {
			panic(http.ErrAbortHandler)
		}
	}()
	next.ServeHTTP(answer, r)
}

// panicked logs a panic, and answers it if no answer has begun. It counts as an
// internal failure, whatever was sent.
func (o *observer) panicked(answer *answerWriter, r *http.Request) {
	// The panic's value may hold what a person wrote; the stack does not.
	o.log.Error("panic while serving", "route", r.Pattern, "stack", string(debug.Stack()))
	if answer.status == 0 {
		rest.WriteProblem(answer, heed.Errorf(heed.Internal, "something went wrong inside Heed; the server's log says what"))
	}
	answer.status = http.StatusInternalServerError
}

// tell counts and logs a request that is over.
func (o *observer) tell(answer *answerWriter, r *http.Request, took time.Duration) {
	o.durations.WithLabelValues(routeOf(r), strconv.Itoa(answer.status)).Observe(took.Seconds())
	if isRefusal(r, answer.status) {
		o.refused.Add(1)
	}
	if answer.status >= http.StatusInternalServerError && answer.err != nil {
		o.log.Error("request failed", "route", routeOf(r), "status", answer.status, "err", answer.err)
	}
	told := []any{"route", routeOf(r), "status", answer.status, "took", took}
	if answer.status == statusLeftEarly {
		told = append(told, "err", answer.err)
	}
	o.log.Debug("request", told...)
}

// isRefusal reports whether a call brought something that was not taken, for its
// form, its size or its key: what is lost to the numbers of a review.
func isRefusal(r *http.Request, status int) bool {
	action, ok := access.ActionOf(r.Pattern)
	if !ok || r.Pattern == "" || action != access.Write && action != access.Describe || r.Method == http.MethodGet || r.Method == http.MethodOptions {
		return false
	}
	switch status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusTooManyRequests:
		return true
	}
	return false
}

// statusLeftEarly is what a call counts as whose caller left before its failure
// could be told: nobody reads the answer, and nothing of Heed failed. The number
// is the one that proxies use in their logs; it is never sent.
const statusLeftEarly = 499

// leftEarly reports whether a call failed with nobody waiting for it any more.
// An internal failure of another cause stays one, whoever waits.
func leftEarly(r *http.Request, failure error) bool {
	if failure == nil || r.Context().Err() == nil {
		return false
	}
	return heed.CodeOf(failure) != heed.Internal || errors.Is(failure, context.Canceled)
}

// routeOf names the route that served r: a fixed set, whatever is asked for.
func routeOf(r *http.Request) string {
	if r.Pattern == "" {
		return "none"
	}
	return r.Pattern
}

// answerWriter remembers the status of an answer and the error behind it.
type answerWriter struct {
	http.ResponseWriter
	status int
	err    error
}

// Failed implements rest.Observer.
func (w *answerWriter) Failed(err error) { w.err = err }

func (w *answerWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *answerWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap gives http.ResponseController the writer beneath.
func (w *answerWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
