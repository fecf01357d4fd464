package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/api"
	"github.com/heed-ai/heed/internal/api/mcp"
)

type mcpCommand struct {
	remote
	Write bool `help:"Let the agent propose and mark changes, where the key may change findings."`
}

// Run serves until the client closes standard input. Nothing else may be written
// to standard output, which is the protocol's.
func (cmd mcpCommand) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	var key api.Access
	if err := c.do(env.ctx, http.MethodGet, "/v1/access", "", nil, &key); err != nil {
		return err
	}
	server := mcp.NewServer(mcp.Tools{
		Asker: askingOver{c}, Write: cmd.Write, Version: version(), Log: slog.New(slog.NewTextHandler(env.stderr, nil)),
		May: func(action access.Action) bool { return slices.Contains(key.May, action) },
	})
	err = server.Run(env.ctx, &sdk.IOTransport{Reader: io.NopCloser(env.stdin), Writer: unclosed{env.stdout}})
	if errors.Is(err, io.EOF) || env.ctx.Err() != nil {
		return nil // the client left, or somebody stopped the command
	}
	return err
}

// askingOver asks a server over HTTP.
type askingOver struct{ *client }

// Ask implements mcp.Asker. What changes something is sent once: where the answer
// is lost, the agent is told so, and can look before it tries again.
func (a askingOver) Ask(ctx context.Context, method, path string, in, out any) error {
	if method == http.MethodGet {
		return a.do(ctx, method, path, "", nil, out)
	}
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	_, err = a.once(ctx, method, path, "", body, out)
	return err
}

// unclosed is standard output, which stays open.
type unclosed struct{ io.Writer }

func (unclosed) Close() error { return nil }
