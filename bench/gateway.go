package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

const (
	gatewayConnections = 128
	gatewayTurns       = 3
	gatewayWarmUp      = 500 * time.Millisecond
	maxOfBare          = 1.25 // times what a bare proxy adds
)

// bareArgument makes the bench binary a bare reverse proxy.
const bareArgument = "serve-bare"

// serveBare is the least that a gateway can be: it reads from input where to
// pass calls on to, and does until input ends.
func serveBare(input io.Reader, logged io.Writer) error {
	commands := json.NewDecoder(input)
	var address string
	if err := commands.Decode(&address); err != nil {
		return err
	}
	upstream, err := url.Parse(address)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:       func(p *httputil.ProxyRequest) { p.SetURL(upstream) },
		FlushInterval: -1,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 2 * gatewayConnections, DisableCompression: true},
	}
	// It reads a call before it passes it on: else the server closes the body that
	// the transport has not read to its end, and one stream in a hundred breaks off.
	handler := func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(w, r)
	}
	server := &http.Server{Handler: http.HandlerFunc(handler), ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	slog.New(slog.NewJSONHandler(logged, nil)).Info("ready", "url", "http://"+listener.Addr().String())

	var more any
	_ = commands.Decode(&more) // returns when input ends
	err = server.Close()
	<-served
	return err
}

// provider is what a model's provider answers: as JSON, and as a stream, each with
// an id of its own.
func provider() nullAnswers {
	words := strings.Repeat("The parcel left the house on Tuesday. ", 20)
	whole := fmt.Sprintf(`{"id":"chatcmpl-`+nullNumber+`","object":"chat.completion","model":"gpt-5","choices":[{"index":0,"message":{"role":"assistant","content":%q},"finish_reason":"stop"}],"usage":{"prompt_tokens":120,"completion_tokens":180}}`, words)
	var stream strings.Builder
	for range 18 {
		stream.WriteString(`data: {"id":"chatcmpl-` + nullNumber + `","object":"chat.completion.chunk","model":"gpt-5","choices":[{"index":0,"delta":{"content":"The parcel left the house. "}}]}` + "\n\n")
	}
	stream.WriteString(`data: {"id":"chatcmpl-` + nullNumber + `","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":120,"completion_tokens":180}}` + "\n\ndata: [DONE]\n\n")
	return nullAnswers{
		"POST /v1/chat/completions":     {Status: http.StatusOK, Body: []byte(whole), Number: true},
		"POST /stream/chat/completions": {Status: http.StatusOK, Body: []byte(stream.String()), Events: true, Number: true},
		"POST /open/chat/completions":   {Status: http.StatusOK, Body: []byte(stream.String()), Events: true, Open: true, Number: true},
	}
}

// gatewaySite is a provider, and two ways to it.
type gatewaySite struct {
	provider, bare *process
	heed           *installation
}

func (b *bench) gatewaySite(ctx context.Context) (site *gatewaySite, err error) {
	site = &gatewaySite{}
	defer func() {
		if err != nil {
			site.close()
		}
	}()
	if site.provider, err = startNull(ctx, provider()); err != nil {
		return site, err
	}
	self, err := os.Executable()
	if err != nil {
		return site, err
	}
	if site.bare, err = start(ctx, fmt.Appendf(nil, "%q\n", site.provider.url), self, bareArgument); err != nil {
		return site, err
	}
	file := filepath.Join(b.dir, "gateway.yaml")
	config := fmt.Appendf(nil, "gateway: {upstreams: {provider: {url: %q, api: openai}}}\n", site.provider.url)
	if err := os.WriteFile(file, config, 0o600); err != nil {
		return site, err
	}
	site.heed, err = b.install(ctx, "--config", file)
	return site, err
}

func (s *gatewaySite) close() {
	if s.heed != nil {
		s.heed.remove()
	}
	for _, p := range []*process{s.bare, s.provider} {
		if p != nil {
			p.stop()
		}
	}
}

// asked is a small question to a model.
var asked = []byte(`{"model":"gpt-5","stream":true,"messages":[{"role":"system","content":"You help customers of a shop."},{"role":"user","content":"` +
	strings.Repeat("Where is my parcel? ", 10) + `"}]}`)

// way is one way to the provider, and what was measured on it.
type way struct {
	name, url, prefix string
	server            *process // whose time is counted
	p50, p99          []float64
	cpu               []float64 // of server, a call
}

// measureGateway measures what the gateway adds to a call.
func measureGateway(ctx context.Context, b *bench) ([]figure, error) {
	site, err := b.gatewaySite(ctx)
	if err != nil {
		return nil, err
	}
	defer site.close()
	var figures []figure
	for _, kind := range []struct{ name, path string }{{"whole", "/v1/chat/completions"}, {"streamed", "/stream/chat/completions"}} {
		for _, rate := range []int{200, 1000} {
			direct := &way{name: "direct", url: site.provider.url, server: site.provider}
			bare := &way{name: "bare proxy", url: site.bare.url, server: site.bare}
			heed := &way{name: "heed", url: site.heed.url, prefix: "/gateway/provider", server: site.heed.process}
			for range gatewayTurns {
				for _, way := range []*way{direct, bare, heed} {
					if err := b.goWay(ctx, way, kind.path, site.heed.secret, rate); err != nil {
						return nil, fmt.Errorf("%s: %w", way.name, err)
					}
				}
			}
			what := fmt.Sprintf("%s/s, %s", thousands(float64(rate)), kind.name)
			added := func(name string, direct, bare, heed []float64) figure {
				d := median(direct)
				return figure{
					what: "gateway adds, " + what + ", " + name, unit: milliseconds,
					value: median(heed) - d, null: median(bare) - d, goal: goal{atMostOfNull, maxOfBare},
					note: "direct " + milliseconds.format(d),
					why:  "what passes is recorded on the same cores: parsed, made durable, and stored twice a second for 40 to 60 ms",
				}
			}
			figures = append(figures, added("p50", direct.p50, bare.p50, heed.p50), added("p99", direct.p99, bare.p99, heed.p99), figure{
				what: "gateway, " + what + ", CPU a call, with recording it", unit: microseconds, value: median(heed.cpu), null: median(bare.cpu),
			})
		}
	}
	return figures, nil
}

// goWay calls the provider on one way, and notes how long it took.
func (b *bench) goWay(ctx context.Context, w *way, path, secret string, rate int) error {
	c := newCaller(w.url, gatewayConnections)
	defer c.close()
	call := request{method: http.MethodPost, path: w.prefix + path, credential: "theirs", key: secret, body: asked, status: http.StatusOK}
	loop := openLoop{perSecond: rate, connections: gatewayConnections, warm: gatewayWarmUp, length: b.sizes.calls}
	cpu, err := w.server.cpuPer(func() (float64, error) {
		took, err := loop.run(ctx, c, func(int) request { return call })
		w.p50, w.p99 = append(w.p50, took.percentile(50)), append(w.p99, took.percentile(99))
		return float64(rate) * (gatewayWarmUp + b.sizes.calls).Seconds(), err
	})
	w.cpu = append(w.cpu, cpu)
	return err
}

// measureStreams holds streams open, and looks how much memory they take.
func measureStreams(ctx context.Context, b *bench) ([]figure, error) {
	site, err := b.gatewaySite(ctx)
	if err != nil {
		return nil, err
	}
	defer site.close()
	before, err := site.heed.residentMB()
	if err != nil {
		return nil, err
	}
	open, cancel := context.WithCancel(ctx)
	defer cancel()
	c := newCaller(site.heed.url, b.sizes.streams)
	defer c.close()
	call := request{method: http.MethodPost, path: "/gateway/provider/open/chat/completions", credential: "theirs", key: site.heed.secret, body: asked, status: http.StatusOK}
	failed := &failures{}
	var begun, ended sync.WaitGroup
	for range b.sizes.streams {
		begun.Add(1)
		ended.Go(func() {
			answer, err := c.send(open, call)
			if err == nil {
				_, err = io.ReadFull(answer.Body, make([]byte, 16))
			}
			failed.add(err)
			begun.Done()
			if err == nil {
				_, _ = io.Copy(io.Discard, answer.Body) // until it is cancelled
				_ = answer.Body.Close()
			}
		})
	}
	begun.Wait()
	if err := failed.err(b.sizes.streams); err != nil {
		return nil, err
	}
	with, err := site.heed.residentMB()
	cancel()
	ended.Wait()
	return []figure{{
		what: fmt.Sprintf("%s open streams through the gateway, memory (RSS)", thousands(float64(b.sizes.streams))), unit: megabytes,
		value: with, note: "before " + megabytes.format(before),
	}}, err
}
