// Package gateway is the way in for products that change nothing but an address:
// it stands between an application and its model's provider, passes everything
// on as it is, and makes a response of each answer from a copy.
//
// It fails open. Where Heed cannot record, the call goes through all the same and
// the loss is counted. Only a call without a good key of Heed's is refused: else
// the gateway would be a way to the provider for everybody.
package gateway

import (
	"context"
	"errors"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/capture/command"
	"github.com/heed-ai/heed/internal/price"
	"github.com/heed-ai/heed/internal/rest"
)

// Upstream is a provider that the gateway leads to.
type Upstream struct {
	URL string `yaml:"url"` // with the path before that of the API, if there is one
	API string `yaml:"api"` // openai (and all that speak like it) or anthropic
	// Usage is inject where streams are to be asked for what they used although
	// their clients do not ask; empty: nothing of a call is changed.
	Usage string `yaml:"usage,omitempty"`
}

// Validate names what is wrong with an upstream.
func (u Upstream) Validate() error {
	address, err := url.Parse(u.URL)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" || address.RawQuery != "" || address.User != nil {
		return errors.New("needs a url such as https://api.openai.com")
	}
	if u.API != openAI && u.API != anthropic {
		return errors.New("needs an api: openai, for all that speak like it, or anthropic")
	}
	if u.Usage != "" && (u.Usage != injectUsage || u.API != openAI) {
		return errors.New("takes usage: inject, with the api openai; Anthropic's streams tell it unasked")
	}
	return nil
}

// The APIs that upstreams speak.
const (
	openAI    = "openai"
	anthropic = "anthropic"
)

// Gateway passes calls on. Safe for concurrent use.
type Gateway struct {
	door      *access.Door
	recorder  *recorder
	projects  capture.Projects
	index     *command.Index
	prices    price.Table
	failures  *failures
	hold      *Hold
	upstreams map[string]target
	transport http.RoundTripper
	discard   *log.Logger // of what proxies tell, which holds addresses
	copies    budget
	buffers   buffers
	unread    unread
}

// Options are what a Gateway needs.
type Options struct {
	Door      *access.Door
	Intake    *capture.Intake
	Projects  capture.Projects
	Index     *command.Index // of the answers that commands are about
	Prices    price.Table
	Upstreams map[string]Upstream
	Hold      HoldLimits // of the last calls, in memory
	Log       *slog.Logger
}

// target is an upstream that was checked.
type target struct {
	name, api string
	address   *url.URL
	usage     bool // streams are asked for it
}

// New makes a gateway to upstreams by name.
func New(o Options) (*Gateway, error) {
	g := &Gateway{
		door: o.Door, recorder: newRecorder(o.Intake, o.Log), projects: o.Projects, index: o.Index, prices: o.Prices, failures: newFailures(),
		hold: newHold(o.Hold), upstreams: make(map[string]target, len(o.Upstreams)), transport: newTransport(), discard: log.New(io.Discard, "", 0),
	}
	g.copies.give(maxCopies)
	for name, u := range o.Upstreams {
		if err := u.Validate(); err != nil {
			return nil, err
		}
		address, err := url.Parse(strings.TrimRight(u.URL, "/"))
		if err != nil {
			return nil, err
		}
		g.upstreams[name] = target{name: name, api: u.API, address: address, usage: u.Usage == injectUsage}
	}
	return g, nil
}

// newTransport waits for as long as models think, and decompresses nothing.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: 10 * time.Second,
		MaxIdleConnsPerHost: 1024,
		IdleConnTimeout:     90 * time.Second,
		DisableCompression:  true,
		ForceAttemptHTTP2:   true,
	}
}

// Register adds the gateway to mux.
func (g *Gateway) Register(mux *http.ServeMux) { mux.Handle("/gateway/{name}/{path...}", g) }

// Lost counts the calls that went through without being recorded.
func (g *Gateway) Lost() int64 { return g.recorder.lost.Load() }

// Hold is what was asked and answered in the last calls.
func (g *Gateway) Hold() *Hold { return g.hold }

// Close records what is still to be recorded, and lets go of what is held.
func (g *Gateway) Close() error {
	g.recorder.close()
	g.hold.close()
	return nil
}

// keyHeader carries Heed's key, beside the provider's own.
const keyHeader = "X-Heed-Key"

func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	to, ok := g.upstreams[r.PathValue("name")]
	if !ok {
		rest.WriteProblem(w, heed.Errorf(heed.NotFound, "there is no upstream of this name: gateway.upstreams in the configuration names them"))
		return
	}
	if climbs(r.PathValue("path")) {
		rest.WriteProblem(w, heed.Errorf(heed.Invalid, "the path leads out of the upstream: it may not have . or .. for a part"))
		return
	}
	key := r.Header.Get(keyHeader)
	who, err := g.admit(r, key)
	if err != nil {
		rest.WriteProblem(w, err)
		return
	}
	// A stream may last longer than other answers. A writer that knows no
	// deadlines needs none.
	control := http.NewResponseController(w)
	_, _ = control.SetWriteDeadline(time.Time{}), control.SetReadDeadline(time.Time{})
	call := g.newCall(who, key, to, r)
	defer call.done()
	if err := call.readRequest(r); err != nil {
		rest.WriteProblem(w, heed.Errorf(heed.Invalid, "the request broke off before its end"))
		return
	}
	if call.long {
		// The upstream may answer before it has read everything, and the
		// server must not close the rest then.
		_ = control.EnableFullDuplex()
	}
	if call.recorded() {
		call.linkRetry(r)
		if call.answerCommand(w, r) {
			return
		}
		call.askForUsage(r)
	}
	proxy := httputil.ReverseProxy{
		Rewrite:        func(p *httputil.ProxyRequest) { rewrite(p, to, r.PathValue("path")) },
		Transport:      g.transport,
		FlushInterval:  -1,
		BufferPool:     call,
		ErrorLog:       g.discard,
		ModifyResponse: call.answered,
		ErrorHandler:   call.failed,
	}
	proxy.ServeHTTP(w, r)
}

// admit lets servers in. Where Heed itself cannot say who calls, or is asked too
// often, the call goes through unrecorded.
func (g *Gateway) admit(r *http.Request, key string) (*access.Principal, error) {
	if key == "" {
		return nil, heed.Errorf(heed.Unauthenticated, "name a secret key (heed_sk_…) in the header X-Heed-Key")
	}
	who, err := g.door.AdmitKey(r, key)
	switch heed.CodeOf(err) {
	case heed.Unavailable, heed.Internal:
		return nil, nil
	case heed.RateLimited:
		if g.door.Knows(key) {
			return nil, nil
		}
	}
	if err == nil {
		err = who.MayDescribe()
	}
	return &who, err
}

// climbs reports whether a path would lead to beside what an upstream's address
// begins with. Where its dots are not escaped, the router has dealt with them.
func climbs(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if part == "." || part == ".." {
			return true
		}
	}
	return false
}

// rewrite leads a request to the upstream. Nothing else of it changes, but for
// what was meant for Heed.
func rewrite(p *httputil.ProxyRequest, to target, path string) {
	out := p.Out
	out.URL.Scheme, out.URL.Host, out.Host = to.address.Scheme, to.address.Host, ""
	prefix := "/gateway/" + url.PathEscape(to.name)
	escaped := strings.TrimPrefix(p.In.URL.EscapedPath(), prefix)
	out.URL.Path, out.URL.RawPath = to.address.Path+"/"+path, to.address.EscapedPath()+escaped
	out.URL.RawQuery = p.In.URL.RawQuery
	// What says through whom a call came is the application's to tell.
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
		if values, ok := p.In.Header[name]; ok {
			out.Header[name] = values
		}
	}
	for _, told := range []http.Header{out.Header, out.Trailer} {
		for name := range told {
			if strings.HasPrefix(name, "X-Heed-") {
				told.Del(name)
			}
		}
	}
	if _, ok := p.In.Header["User-Agent"]; !ok {
		out.Header.Set("User-Agent", "") // or the transport would name itself
	}
}

// reasonOf says how a call failed that had no answer.
func reasonOf(err error) heed.ErrorType {
	timeout := net.Error(nil)
	switch {
	case errors.Is(err, context.Canceled):
		return "cancelled"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	}
	return "connection"
}
