// Package mcp lets agents read findings and numbers, by the Model Context
// Protocol. Its tools ask the JSON API as everybody does, with the caller's own
// key: what that refuses, leaves out or counts as a crowd is so here as well.
package mcp

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/rest"
)

// maxBodyBytes bounds one message: the largest proposal, and room.
const maxBodyBytes = 64 << 10

// Config is what an operator may set.
type Config struct {
	Write   bool     `yaml:"write"`   // whether agents may propose and mark changes
	Origins []string `yaml:"origins"` // pages that may call; programs that are no browser send no Origin
}

// Validate says what cannot be used.
func (c Config) Validate() error {
	for _, origin := range c.Origins {
		if !heed.ValidOrigin(origin) {
			return errors.New("must be origins such as https://app.example.com")
		}
	}
	return nil
}

// Options are the parts a Handler is made of.
type Options struct {
	Door    *access.Door
	API     http.Handler // what the tools ask
	Config  Config
	Version string
	Log     *slog.Logger
}

// Handler serves the protocol over HTTP. It keeps no sessions: each call stands
// for itself, so that there is nothing to bound, and a revoked key ends at once.
type Handler struct {
	o      Options
	stream http.Handler
}

// New makes a Handler.
func New(o Options) *Handler {
	h := &Handler{o: o}
	h.stream = sdk.NewStreamableHTTPHandler(serverOf, &sdk.StreamableHTTPOptions{
		Stateless: true, JSONResponse: true, MaxRequestBodyBytes: maxBodyBytes, PropagateRequestCancellation: true, Logger: slog.New(slog.DiscardHandler),
		// It looks at the Host that loopback is asked for, which behind a proxy on
		// this machine is another. Pages are refused by their Origin here.
		DisableLocalhostProtection: true,
	})
	return h
}

// Register adds the route to mux.
func (h *Handler) Register(mux *http.ServeMux) { mux.Handle("POST /mcp", h) }

// serverKey is the key under which a call's context carries its server.
type serverKey struct{}

func serverOf(r *http.Request) *sdk.Server {
	server, _ := r.Context().Value(serverKey{}).(*sdk.Server)
	return server
}

// ServeHTTP answers one message.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	who, err := h.admit(r)
	if err != nil {
		rest.WriteProblem(w, err)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBodyBytes)
	if err := refuseBatch(r); err != nil {
		rest.WriteProblem(w, err)
		return
	}
	server := NewServer(Tools{
		Asker: &inside{api: h.o.API, of: r, log: h.o.Log}, Write: h.o.Config.Write, Version: h.o.Version, Log: h.o.Log,
		May: func(action access.Action) bool { return who.May(action) == nil },
	})
	answer := &held{header: http.Header{}, status: http.StatusOK}
	h.stream.ServeHTTP(answer, r.WithContext(context.WithValue(r.Context(), serverKey{}, server)))
	answer.passTo(w)
}

// refuseBatch refuses several messages in one body, which the protocol had once: they
// would be answered all at once, each with the largest answer that there is.
func refuseBatch(r *http.Request) error {
	body := bufio.NewReader(r.Body)
	for {
		first, err := body.Peek(1)
		switch {
		case err != nil: // what is wrong is told by who reads it
		case first[0] == '[':
			return heed.Errorf(heed.Invalid, "send one message at a time, as the protocol has it since 2025-06-18")
		case strings.ContainsRune(" \t\r\n", rune(first[0])):
			_, _ = body.Discard(1) // it is there
			continue
		}
		r.Body = struct {
			io.Reader
			io.Closer
		}{body, r.Body}
		return nil
	}
}

// admit lets in secret keys alone. A page that a name was rebound for calls its
// own origin, as it sees it, so that every origin counts that is not listed.
func (h *Handler) admit(r *http.Request) (access.Principal, error) {
	if origin := r.Header.Get("Origin"); origin != "" && !slices.ContainsFunc(h.o.Config.Origins, func(o string) bool { return strings.EqualFold(o, origin) }) {
		return access.Principal{}, heed.Errorf(heed.Forbidden, "pages may not call this: an operator names those that may in mcp.origins")
	}
	return h.o.Door.AdmitKey(r, "")
}

// Asker asks the JSON API with somebody's key: in as JSON (nil: no body), and out
// from the answer. Its errors are the API's own.
type Asker interface {
	Ask(ctx context.Context, method, path string, in, out any) error
}

// Tools are what a server offers to one caller.
type Tools struct {
	Asker   Asker
	May     func(access.Action) bool // what the key may do
	Write   bool                     // whether tools that change something are offered at all
	Version string
	Log     *slog.Logger
}

// instructions are told to the agent before anything else.
const instructions = "Heed keeps what people said of an AI product's answers. Start with list_findings, read one with get_finding, and see what people wrote with " +
	"finding_examples. " + caution

// NewServer makes a server with the tools that the caller may use.
func NewServer(t Tools) *sdk.Server {
	server := sdk.NewServer(&sdk.Implementation{Name: "heed", Title: "Heed", Version: t.Version}, &sdk.ServerOptions{
		Instructions: instructions, Logger: slog.New(slog.DiscardHandler), Capabilities: &sdk.ServerCapabilities{Tools: &sdk.ToolCapabilities{}},
	})
	for _, one := range tools() {
		if t.May(one.action) && (!one.writes || t.Write) {
			server.AddTool(one.described(), t.handler(one))
		}
	}
	return server
}

// handler runs a tool. What goes wrong is told to the agent, so that it can do
// better; a panic ends the call and not the server, since it runs beside it.
func (t Tools) handler(one tool) sdk.ToolHandler {
	return func(ctx context.Context, r *sdk.CallToolRequest) (result *sdk.CallToolResult, _ error) {
		defer func() {
			if recover() != nil {
				t.Log.Error("panic in a tool", "tool", one.name, "stack", string(debug.Stack()))
				result = failed(heed.Errorf(heed.Internal, "something went wrong inside Heed; the server's log says what"))
			}
		}()
		answer, err := one.run(ctx, t.Asker, r)
		if err != nil {
			if _, told := errors.AsType[*heed.Error](err); !told {
				t.Log.Error("a tool failed", "tool", one.name, "err", err)
			}
			return failed(err), nil
		}
		return wrapped(answer)
	}
}

// failed tells an error. The API's own hold nothing that anybody wrote.
func failed(err error) *sdk.CallToolResult {
	return &sdk.CallToolResult{IsError: true, Content: []sdk.Content{&sdk.TextContent{Text: messageOf(err)}}}
}

func messageOf(err error) string {
	p, ok := errors.AsType[*heed.Error](err)
	if !ok {
		return rest.From(err).Detail
	}
	text := string(p.Code) + ": " + p.Message
	for _, field := range p.Fields {
		text += "; " + field.Location + " " + field.Message
	}
	return text
}
