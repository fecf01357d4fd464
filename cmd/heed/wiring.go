package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"
	_ "time/tzdata" // reviews are due by the clock of a place, also where the machine knows none

	"golang.org/x/term"

	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/alert"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/capture/command"
	"github.com/heed-ai/heed/internal/capture/gateway"
	"github.com/heed-ai/heed/internal/dataset/build"
	"github.com/heed-ai/heed/internal/emit"
	"github.com/heed-ai/heed/internal/oidc"
	"github.com/heed-ai/heed/internal/outward"
	"github.com/heed-ai/heed/internal/price"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/recognize"
	"github.com/heed-ai/heed/internal/retain"
	"github.com/heed-ai/heed/internal/review"
	"github.com/heed-ai/heed/internal/server"
	"github.com/heed-ai/heed/internal/spool"
	"github.com/heed-ai/heed/internal/statement"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/store/duckdb"
	"github.com/heed-ai/heed/internal/store/sqlite"
	"github.com/heed-ai/heed/internal/telemetry"
	"github.com/heed-ai/heed/internal/tracker"
	"github.com/heed-ai/heed/internal/vault"
)

// closers closes what was opened, last first.
type closers []io.Closer

func (c *closers) add(closer io.Closer) { *c = append(*c, closer) }

func (c closers) Close() error {
	var errs []error
	for i := len(c) - 1; i >= 0; i-- {
		errs = append(errs, c[i].Close())
	}
	return errors.Join(errs...)
}

type closerFunc func() error

func (f closerFunc) Close() error { return f() }

// tenancy is what the tools that work on a data directory need: projects,
// keys and what seals them. It may be open in several processes.
type tenancy struct {
	closers
	root       statement.RootKey
	keyService string // that holds the root key; empty: none
	dir        *dataDir
	vault      *vault.Vault
	catalog    store.Catalog
	authority  *access.Authority
	accounts   *access.Accounts
	notary     *audit.Notary
}

func openTenancy(ctx context.Context, c config, getenv func(string) string) (_ *tenancy, err error) {
	t := &tenancy{}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.Close())
		}
	}()
	if t.dir, err = openDataDir(c.Data); err != nil {
		return t, err
	}
	root := rootOf(getenv, currentRoot)
	t.root = statement.RootInData
	if root != nil {
		t.root = statement.RootGiven
		t.keyService = keyServiceOf(getenv)
	}
	v, err := vault.Open(ctx, vault.Options{Dir: t.dir.path, Root: root})
	if err != nil {
		return t, err
	}
	t.vault = v
	t.add(v)
	catalog, err := sqlite.Open(ctx, t.dir.file("catalog.db"))
	if err != nil {
		return t, err
	}
	t.catalog = catalog
	t.add(catalog)
	t.authority = access.NewAuthority(catalog, v)
	if t.accounts, err = access.NewAccounts(catalog); err != nil {
		return t, err
	}
	t.notary, err = openNotary(ctx, catalog, v)
	return t, err
}

// application is everything that serves.
type application struct {
	*tenancy
	intake *capture.Intake
	events store.Events
	door   *access.Door
	server *server.Server
	// otlpGRPC is where OTLP is served over gRPC; empty: nowhere.
	otlpGRPC string
}

func openApplication(ctx context.Context, c config, getenv func(string) string, log *slog.Logger) (_ *application, err error) {
	t, err := openTenancy(ctx, c, getenv)
	if err != nil {
		return nil, err
	}
	app := &application{tenancy: t}
	defer func() {
		if err != nil {
			err = errors.Join(err, app.Close())
		}
	}()
	if err := t.dir.acquire(); err != nil {
		return app, err
	}
	t.add(closerFunc(t.dir.release))
	checkpoints := t.publish(c.Audit, log)
	events, err := duckdb.Open(ctx, t.dir.file("events.duckdb"), duckdb.Options{
		MemoryLimit: c.Events.MemoryLimit, Threads: c.Events.Threads,
	})
	if err != nil {
		return app, err
	}
	app.events = events
	t.add(events)
	queue, err := openSpool(ctx, t, c, events, log)
	if err != nil {
		return app, err
	}
	t.add(queue)
	recognizers, err := recognize.New(c.Recognizers)
	if err != nil {
		return app, err
	}
	cleaner, answers := privacy.NewCleaner(), telemetry.New()
	emitter, count := t.sendOn(c.Emit, answers.Count, log)
	attachments := &retain.Attachments{Keys: t.vault, Catalog: t.catalog}
	app.intake = capture.NewIntake(capture.Options{
		Vault: t.vault, Cleaner: cleaner, Recognizers: recognizers, Spool: queue, Stored: events, Projects: t.authority, Count: count, TakenBack: attachments.EndOf,
	})
	if err := recoverPending(ctx, app.intake, queue); err != nil {
		return app, err
	}
	if app.door, err = newDoor(c, t); err != nil {
		return app, err
	}
	prices, err := price.Known()
	if err != nil {
		return app, err
	}
	prices = prices.With(c.Prices)
	calls, err := app.newGateway(c.Gateway, prices, log)
	if err != nil {
		return app, err
	}
	exporters, err := listenForOTLP(ctx, c.OTLPGRPC, log)
	if err != nil {
		return app, err
	}
	app.keep(exporters)
	inbox := review.NewInbox(t.catalog, events, log)
	eraser, err := app.newEraser(attachments, inbox, calls, log)
	if err != nil {
		return app, err
	}
	enforcer := retain.NewEnforcer(retain.EnforcerOptions{
		Keys: t.vault, Events: events, Catalog: t.catalog, Memory: app.intake, Queue: queue, Attachments: attachments, Inbox: inbox, Asks: t.dir.asks(), Log: log, Lacking: eraser.Lacking,
		Pseudonyms: &retain.Pseudonyms{Keys: t.vault, Days: app.intake, Catalog: t.catalog},
	})
	builder := build.New(build.Options{
		Catalog: t.catalog, Events: events, Vault: t.vault, Cleaner: cleaner, Recognizers: recognizers.Of, Version: version(), Log: log,
	})
	out, watcher, refused := t.newOutward(c, events, log), review.NewWatcher(t.catalog, events, log), new(atomic.Int64)
	app.server, err = server.New(server.Options{
		Listen: c.Listen, Connections: c.Limits.Connections, OTLPGRPC: exporters, Version: version(), Door: app.door, Authority: t.authority, Accounts: t.accounts, OIDC: t.newOIDC(c.OIDC), Intake: app.intake,
		Spool: queue, Events: events, Catalog: t.catalog, Notary: t.notary, Standing: checkpoints.Standing, Vault: t.vault, Cleaner: cleaner, Recognizers: recognizers, Eraser: eraser, Enforcer: enforcer, Attachments: attachments, Watcher: watcher, Refused: refused, Builder: builder, Inbox: inbox, Outward: out, Alerts: alert.NewWatcher(t.catalog, events, out.Kick, log),
		Scheduler: review.NewScheduler(t.newFreezer(events, watcher, queue, calls, refused), t.catalog, enforcer, log),
		Tracker:   t.newTracker(c), Gateway: calls, Telemetry: answers, Prices: prices, Metrics: c.MetricsToken, Emitter: emitter, Setup: t.setup(c), MCP: c.MCP, Slack: c.Slack.API, Log: log,
	})
	return app, err
}

// newOutward makes what tells endpoints outside.
func (t *tenancy) newOutward(c config, events store.Events, log *slog.Logger) *outward.Outward {
	return outward.New(outward.Options{
		Catalog: t.catalog, Events: events, Vault: t.vault, Private: c.Outbound.AllowPrivate, SMTP: c.SMTP.options(), Console: c.Outbound.Console, Log: log,
	})
}

// newTracker makes what makes findings into issues.
func (t *tenancy) newTracker(c config) *tracker.Tracker {
	return tracker.New(tracker.Options{Catalog: t.catalog, Vault: t.vault, Private: c.Outbound.AllowPrivate})
}

// newFreezer makes what writes reviews.
func (t *tenancy) newFreezer(events store.Events, watcher *review.Watcher, queue *spool.Spool, calls *gateway.Gateway, refused *atomic.Int64) *review.Freezer {
	losses := func() review.Losses {
		return review.Losses{SetAside: queue.Stats().SetAside, Lost: int64(calls.Lost()), Refused: refused.Load()}
	}
	return review.NewFreezer(review.FreezerOptions{Events: events, Record: t.catalog, Latest: watcher.Latest, Losses: losses})
}

// sendOn has what is counted sent on, too, if there is an endpoint for it.
func (t *tenancy) sendOn(c emitConfig, count func([]store.Event), log *slog.Logger) (*emit.Emitter, func([]store.Event)) {
	if c.Endpoint == "" {
		return nil, count
	}
	emitter := emit.New(c.Endpoint, c.Headers, log)
	t.add(emitter)
	return emitter, func(events []store.Event) {
		count(events)
		emitter.Take(events)
	}
}

// listenForOTLP takes the address for OTLP over gRPC, if there is to be one.
// That a collector has the default one is common, and no reason not to start.
func listenForOTLP(ctx context.Context, address string, log *slog.Logger) (net.Listener, error) {
	if address == "none" {
		return nil, nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	switch {
	case err == nil:
		return listener, nil
	case address == defaultOTLPGRPC && errors.Is(err, syscall.EADDRINUSE):
		log.Warn("another server has the address for OTLP over gRPC: exporters can use HTTP, or choose one with --otlp-grpc", "address", address)
		return nil, nil
	}
	return nil, fmt.Errorf("listen for OTLP over gRPC on %s: %w: give --otlp-grpc an address of this machine, or none", address, err)
}

// keep closes where OTLP is served over gRPC, if it is anywhere, with everything
// else.
func (app *application) keep(exporters net.Listener) {
	if exporters == nil {
		return
	}
	app.otlpGRPC = exporters.Addr().String()
	app.add(closerFunc(func() error {
		if err := exporters.Close(); !errors.Is(err, net.ErrClosed) { // by the server, once it ran
			return err
		}
		return nil
	}))
}

// newGateway makes the gateway, which is closed with everything else.
func (app *application) newGateway(c gatewayConfig, prices price.Table, log *slog.Logger) (*gateway.Gateway, error) {
	index, err := newCommandIndex()
	if err != nil {
		return nil, err
	}
	calls, err := gateway.New(gateway.Options{
		Door: app.door, Intake: app.intake, Projects: app.authority, Index: index, Prices: prices, Upstreams: c.Upstreams,
		Hold: gateway.HoldLimits{Age: time.Duration(c.Hold), Bytes: c.HoldBytes}, Log: log,
	})
	if err != nil {
		return nil, err
	}
	app.add(calls)
	return calls, nil
}

// newCommandIndex makes an index under a key that nobody keeps: what it holds is
// gone with the process.
func newCommandIndex() (*command.Index, error) {
	key := make([]byte, privacy.PseudonymKeyBytes)
	_, _ = rand.Read(key) // never fails
	names, err := privacy.NewPseudonymizer(key)
	if err != nil {
		return nil, err
	}
	return command.NewIndex(names, command.DefaultLimits()), nil
}

// tellReady tells who waits for the server, and who looks for it later.
func (app *application) tellReady(log *slog.Logger) {
	if err := app.dir.announce(app.server.URL()); err != nil {
		log.Warn("commands that print links do not know the address", "error", err)
	}
	log.Info("ready", "url", app.server.URL(), "otlp_grpc", cmp.Or(app.otlpGRPC, "none"), "version", version())
}

// setup is what the server says of itself to those who ask what becomes of
// people's data.
func (t *tenancy) setup(c config) statement.Setup {
	s := statement.Setup{
		HoldAge: time.Duration(c.Gateway.Hold), HoldBytes: c.Gateway.HoldBytes, RootKey: t.root, KeyService: t.keyService,
		Recognizers: map[string]string{}, Monitoring: statement.Host(c.Emit.Endpoint), Mail: c.SMTP.Host, Identity: statement.Host(c.OIDC.Issuer),
		Witness: statement.Host(c.Audit.Webhook),
	}
	for name, recognizer := range c.Recognizers {
		s.Recognizers[name] = statement.Host(recognizer.URL)
	}
	for _, typ := range privacy.Types() {
		s.Redaction = append(s.Redaction, string(typ))
	}
	return s
}

// newOIDC makes the sign-in by an identity provider; nil where none is named.
func (t *tenancy) newOIDC(c oidcConfig) *access.OIDC {
	if c.Issuer == "" {
		return nil
	}
	return access.NewOIDC(oidc.New(c.provider()), t.accounts, t.vault, c.rules())
}

func openSpool(ctx context.Context, t *tenancy, c config, events store.Events, log *slog.Logger) (*spool.Spool, error) {
	position, err := events.Position(ctx)
	if err != nil {
		return nil, err
	}
	settings := spool.DefaultConfig()
	settings.MaxBytes = c.Spool.MaxBytes
	return spool.Open(t.dir.file("spool"), settings, position, log)
}

func (app *application) newEraser(attachments *retain.Attachments, inbox *review.Inbox, calls *gateway.Gateway, log *slog.Logger) (*retain.Eraser, error) {
	eraser, err := retain.New(retain.Options{
		Keys: app.vault, Events: app.events, Catalog: app.catalog, Intake: app.intake, Calls: calls.Hold(), Signer: app.notary,
		Ledger: app.dir.file("erasures.ledger"), Log: log, Attachments: attachments, Inbox: inbox,
	})
	if err == nil {
		app.add(eraser)
	}
	return eraser, err
}

// recoverPending tells the intake what the spool still holds.
func recoverPending(ctx context.Context, intake *capture.Intake, queue *spool.Spool) error {
	const atOnce = 1000
	var events []store.Event
	for ev, err := range queue.Pending() {
		if err != nil {
			return err
		}
		if events = append(events, ev); len(events) < atOnce {
			continue
		}
		if err := intake.Recover(ctx, events); err != nil {
			return err
		}
		events = nil
	}
	return intake.Recover(ctx, events)
}

func newDoor(c config, t *tenancy) (*access.Door, error) {
	proxies, err := c.proxies()
	if err != nil {
		return nil, err
	}
	return access.NewDoor(t.authority, t.accounts, access.Limits{
		SecretPerSecond: c.Limits.SecretPerSecond, PublicPerSecond: c.Limits.PublicPerSecond,
		TokenPerSecond: c.Limits.TokenPerSecond, AddressPerSecond: c.Limits.AddressPerSecond,
	}, proxies)
}

// newLog makes the log that the configuration asks for.
func newLog(c logConfig, w *os.File) *slog.Logger {
	var level slog.Level
	// validate has checked the name.
	_ = level.UnmarshalText([]byte(c.Level))
	options := &slog.HandlerOptions{Level: level}
	if c.Format == "text" || (c.Format == "auto" && term.IsTerminal(int(w.Fd()))) {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}

// closeWith closes c and joins what went wrong there to err.
func closeWith(err error, c io.Closer) error { return errors.Join(err, c.Close()) }
