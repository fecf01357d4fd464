// Package server listens: it puts the endpoints on one address, keeps the
// limits that hold for all of them, tells whether it is well, and drains when
// it is asked to stop.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/net/netutil"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/docs"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/alert"
	"github.com/heed-ai/heed/internal/api"
	"github.com/heed-ai/heed/internal/api/console"
	"github.com/heed-ai/heed/internal/api/mcp"
	"github.com/heed-ai/heed/internal/api/notice"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/capture/attach"
	"github.com/heed-ai/heed/internal/capture/followup"
	"github.com/heed-ai/heed/internal/capture/gateway"
	"github.com/heed-ai/heed/internal/capture/langfuse"
	"github.com/heed-ai/heed/internal/capture/langsmith"
	"github.com/heed-ai/heed/internal/capture/link"
	"github.com/heed-ai/heed/internal/capture/native"
	"github.com/heed-ai/heed/internal/capture/otlp"
	"github.com/heed-ai/heed/internal/capture/phoenix"
	"github.com/heed-ai/heed/internal/capture/slack"
	"github.com/heed-ai/heed/internal/capture/widget"
	"github.com/heed-ai/heed/internal/dataset/build"
	"github.com/heed-ai/heed/internal/emit"
	"github.com/heed-ai/heed/internal/outward"
	"github.com/heed-ai/heed/internal/price"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/recognize"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/retain"
	"github.com/heed-ai/heed/internal/review"
	"github.com/heed-ai/heed/internal/spool"
	"github.com/heed-ai/heed/internal/statement"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/telemetry"
	"github.com/heed-ai/heed/internal/tracker"
	"github.com/heed-ai/heed/internal/vault"
)

// Options are the parts a server is made of. The server closes none of them but
// its listener.
type Options struct {
	Listen      string
	Connections int          // at once, at each address; more wait to be accepted until one ends
	OTLPGRPC    net.Listener // nil: OTLP is not served over gRPC
	Version     string
	Door        *access.Door
	Authority   *access.Authority
	Accounts    *access.Accounts
	OIDC        *access.OIDC // nil: there is no identity provider
	Intake      *capture.Intake
	Spool       *spool.Spool
	Events      store.Events
	Catalog     store.Catalog
	Notary      *audit.Notary
	Standing    func() audit.Standing // which checkpoints of the audit log have left the machine
	Vault       *vault.Vault
	Cleaner     *privacy.Cleaner
	Recognizers *recognize.Services
	Eraser      *retain.Eraser
	Enforcer    *retain.Enforcer
	Attachments *retain.Attachments
	Watcher     *review.Watcher
	Builder     *build.Builder
	Inbox       *review.Inbox
	Outward     *outward.Outward
	Alerts      *alert.Watcher
	Scheduler   *review.Scheduler
	Tracker     *tracker.Tracker
	Refused     *atomic.Int64 // calls that were refused; counted here
	Gateway     *gateway.Gateway
	Telemetry   *telemetry.Telemetry
	Emitter     *emit.Emitter // nil: nothing is sent on
	Prices      price.Table   // of calls that do not tell their cost
	Metrics     string        // token that /metrics takes; empty: it is told on this machine
	Setup       statement.Setup
	MCP         mcp.Config
	Slack       string // where Slack's API answers
	Log         *slog.Logger
}

// Server serves one address.
type Server struct {
	options  Options
	mux      *http.ServeMux
	otlp     *otlp.API
	handler  http.Handler
	listener net.Listener
	ready    atomic.Bool
	underWay atomic.Int64 // calls that are being served
}

// Times that bound a connection. A body of 16 MiB takes 26 s at 5 Mbit/s.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 60 * time.Second
	writeTimeout      = 120 * time.Second
	idleTimeout       = 120 * time.Second
	maxHeaderBytes    = 32 << 10
	// drainTimeout leaves room within the ten seconds that stopping may take.
	drainTimeout = 6 * time.Second
)

// New makes a server and takes its address, so that a taken one is told at
// once.
func New(o Options) (*Server, error) {
	s := &Server{options: o}
	if err := s.buildHandler(); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", o.Listen)
	if err != nil {
		remedy := "give --listen an address of this machine, such as 127.0.0.1:8080"
		if errors.Is(err, syscall.EADDRINUSE) {
			remedy = "another server is using it: stop that one, or choose another address with --listen"
		}
		return nil, fmt.Errorf("listen on %s: %w: %s", o.Listen, err, remedy)
	}
	s.listener = s.limited(listener)
	return s, nil
}

// limited accepts no more connections at once than there may be.
func (s *Server) limited(listener net.Listener) net.Listener {
	return netutil.LimitListener(listener, s.options.Connections)
}

// URL is the address the server answers at; of many, the one on this machine.
func (s *Server) URL() string {
	address := s.listener.Addr().String()
	if at, err := netip.ParseAddrPort(address); err == nil && at.Addr().IsUnspecified() {
		address = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), at.Port()).String()
	}
	return "http://" + address
}

// Mount adds pages of somebody else's under a pattern of net/http.ServeMux. It
// is called before Run.
func (s *Server) Mount(pattern string, pages http.Handler) { s.mux.Handle(pattern, pages) }

// Run serves until ctx is done, then lets requests in flight finish. Meanwhile
// it moves what is accepted from the spool to the store. It calls whenReady
// once requests are answered.
func (s *Server) Run(ctx context.Context, whenReady func()) error {
	drainCtx, stopDrain := context.WithCancel(context.WithoutCancel(ctx))
	drained := make(chan error, 1)
	go func() { drained <- s.options.Spool.Drain(drainCtx, s.options.Events, s.options.Intake.Stored) }()
	// What a backup brought back is erased again before anybody can ask for it.
	if err := s.options.Eraser.Replay(ctx); err != nil {
		stopDrain()
		return errors.Join(fmt.Errorf("erase again what was erased before: %w", err), <-drained)
	}
	worked := make(chan struct{})
	go func() {
		var work sync.WaitGroup
		work.Go(func() { s.options.Eraser.Run(drainCtx) })
		work.Go(func() { s.options.Enforcer.Run(drainCtx) })
		work.Go(func() { s.options.Authority.KeepUses(drainCtx, s.options.Log) })
		work.Go(func() { s.options.Watcher.Run(drainCtx) })
		work.Go(func() { s.options.Builder.Run(drainCtx) })
		work.Go(func() { s.options.Inbox.Run(drainCtx) })
		work.Go(func() { s.options.Outward.Run(drainCtx) })
		work.Go(func() { s.options.Alerts.Run(drainCtx) })
		work.Go(func() { s.options.Scheduler.Run(drainCtx) })
		work.Wait()
		close(worked)
	}()

	web := &http.Server{
		Handler: http.HandlerFunc(s.serve), MaxHeaderBytes: maxHeaderBytes,
		ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout,
		WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		ErrorLog: slog.NewLogLogger(s.options.Log.Handler(), slog.LevelDebug),
	}
	web.RegisterOnShutdown(s.options.Intake.EndWatches)
	served := make(chan error, 1)
	go func() { served <- web.Serve(s.listener) }()
	exported := make(chan error, 1)
	exporters := s.otlp.GRPC(s.options.Log)
	if s.options.OTLPGRPC != nil {
		go func() { exported <- exporters.Serve(s.limited(s.options.OTLPGRPC)) }()
	}
	s.ready.Store(true)
	whenReady()

	var err error
	select {
	case <-ctx.Done():
	case err = <-served:
	case err = <-exported:
	}
	s.ready.Store(false)
	// Exporters send again what was cut off.
	after := time.AfterFunc(drainTimeout, exporters.Stop)
	stopped := make(chan struct{})
	go func() { exporters.GracefulStop(); close(stopped) }()
	err = errors.Join(err, s.stop(context.WithoutCancel(ctx), web))
	<-stopped
	after.Stop()
	stopDrain()
	<-worked
	if drainErr := <-drained; drainErr != nil && !errors.Is(drainErr, context.Canceled) {
		err = errors.Join(err, drainErr)
	}
	return err
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.underWay.Add(1)
	defer s.underWay.Add(-1)
	s.handler.ServeHTTP(w, r)
}

// stop lets calls that are under way finish for drainTimeout, then cuts them
// off. That is an error, since their callers do not know what became of them; a
// connection that has asked for nothing, as browsers open in advance, is none.
func (s *Server) stop(ctx context.Context, web *http.Server) error {
	grace, cancel := context.WithTimeout(ctx, drainTimeout)
	defer cancel()
	err := web.Shutdown(grace)
	if err == nil {
		return nil
	}
	calls := s.underWay.Load()
	closed := web.Close()
	if !errors.Is(err, context.DeadlineExceeded) {
		return errors.Join(fmt.Errorf("stop listening: %w", err), closed)
	}
	if calls == 0 {
		return closed
	}
	s.options.Log.Error("calls were cut off", "calls", calls, "after", drainTimeout)
	return errors.Join(fmt.Errorf("stopping cut off %d of the calls under way: they took longer than %v", calls, drainTimeout), closed)
}

func (s *Server) buildHandler() error {
	o := s.options
	book, err := statement.Read(docs.Privacy)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	document := rest.New(mux, o.Version)
	native.New(o.Door, o.Intake).Register(document)
	agreed, err := attach.ReadNotices()
	if err != nil {
		return err
	}
	attach.New(attach.Options{
		Door: o.Door, Intake: o.Intake, Projects: o.Catalog, Catalog: o.Catalog, Notices: agreed, Vault: o.Vault, Held: o.Gateway.Hold(), Attachments: o.Attachments,
	}).Register(document)
	reading := api.New(api.Options{
		Door: o.Door, Authority: o.Authority, Accounts: o.Accounts, OIDC: o.OIDC, Events: o.Events, Catalog: o.Catalog, Notary: o.Notary, Standing: o.Standing, Vault: o.Vault, Cleaner: o.Cleaner, Recognizers: o.Recognizers,
		Watch: o.Intake.Watch, Persons: o.Events, Gate: o.Intake, Eraser: o.Eraser, Enforcer: o.Enforcer, Watcher: o.Watcher, Builder: o.Builder, Inbox: o.Inbox, Outward: o.Outward, Alerts: o.Alerts, Scheduler: o.Scheduler, Tracker: o.Tracker, Respondents: o.Intake.Respondents, Book: book, Setup: o.Setup,
	})
	reading.Register(document)
	mux.HandleFunc("GET /published/{id}", reading.ServePublished)
	mux.HandleFunc("POST /v1/integrations/github/{id}", reading.ServeGitHub)
	mcp.New(mcp.Options{Door: o.Door, API: onlyKnown(mux), Config: o.MCP, Version: o.Version, Log: o.Log}).Register(mux)
	notices, err := notice.New(o.Authority, o.Setup, reading.Outside)
	if err != nil {
		return err
	}
	notices.Register(mux)
	teller := &review.Teller{Findings: o.Catalog, Feedback: o.Events}
	followUps := followup.New(o.Door, o.Intake, teller)
	followUps.Register(document)
	pages, err := link.New(o.Door, o.Intake, o.Catalog, followUps)
	if err != nil {
		return err
	}
	pages.Register(mux)
	langsmith.New(o.Door, o.Intake).Register(mux)
	phoenix.New(o.Door, o.Intake).Register(mux)
	slack.New(slack.Options{
		Door: o.Door, Authority: o.Authority, Intake: o.Intake, Apps: o.Catalog, Secrets: o.Vault, Slack: o.Slack, Log: o.Log,
	}).Register(mux)
	o.Gateway.Register(mux)
	s.otlp = otlp.New(o.Door, o.Intake, o.Prices)
	s.otlp.Register(mux)
	langfuse.New(o.Door, o.Intake, o.Catalog, o.Prices, o.Version).Register(mux)
	widgets, err := widget.New(o.Door, o.Catalog, o.Vault, agreed, teller)
	if err != nil {
		return err
	}
	widgets.Register(document, mux)

	metrics := prometheus.NewRegistry()
	registerMetrics(metrics, o.Spool, o.Gateway, o.Telemetry, o.Emitter)
	metrics.MustRegister(o.Recognizers, deliveryCollector{o.Outward.Tried, o.Catalog.DeliveryStanding})
	registerReviews(metrics, o.Scheduler)
	mux.Handle("GET /metrics", s.guardMetrics(promhttp.HandlerFor(metrics, promhttp.HandlerOpts{})))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { sayPlain(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", s.serveReady)
	console.New().Register(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { serveNothing(mux, w, r) })
	s.mux = mux
	s.handler = observe(metrics, o.Log, o.Refused, crossOrigin(o.Authority, onlyKnown(mux)))
	return nil
}

// onlyKnown answers no route that has no row in the table of access: one that
// somebody forgot to decide on is closed.
func onlyKnown(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" {
			if _, ok := access.ActionOf(pattern); !ok {
				rest.WriteProblem(w, heed.Errorf(heed.Forbidden, "nobody may do this: it has no row in the table of access"))
				return
			}
		}
		mux.ServeHTTP(w, r)
	})
}

// serveReady tells whether writes can be accepted now.
func (s *Server) serveReady(w http.ResponseWriter, _ *http.Request) {
	switch {
	case !s.ready.Load():
		sayPlain(w, http.StatusServiceUnavailable, "starting or stopping")
	case s.options.Spool.Full():
		sayPlain(w, http.StatusServiceUnavailable, "the spool is full or cannot be written; reads go on")
	default:
		sayPlain(w, http.StatusOK, "ready")
	}
}

// serveNothing answers for a path that is none, or takes another method.
func serveNothing(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) {
	var takes []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := mux.Handler(other); pattern != "/" {
			takes = append(takes, method)
		}
	}
	if len(takes) > 0 {
		allowed := strings.Join(takes, ", ")
		w.Header().Set("Allow", allowed)
		rest.WriteProblem(w, heed.Errorf(heed.MethodNotAllowed, "this path takes %s", allowed))
		return
	}
	console.ServeNowhere(w, r, heed.Errorf(heed.NotFound, "there is nothing at this path: /openapi.json lists what there is"))
}

func sayPlain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n"))
}
