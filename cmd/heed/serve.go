package main

import (
	"fmt"

	"github.com/heed-ai/heed/internal/access"
)

// serving are the flags of every command that serves.
type serving struct {
	Data     string `help:"Data directory (HEED_DATA, by default ./heed-data)." placeholder:"DIR"`
	Listen   string `help:"Address to serve on (HEED_LISTEN, by default 127.0.0.1:8080)." placeholder:"ADDRESS"`
	OTLPGRPC string `name:"otlp-grpc" help:"Address to serve OTLP over gRPC on, or none (HEED_OTLP_GRPC, by default 127.0.0.1:4317)." placeholder:"ADDRESS"`
	Config   string `help:"Configuration file (HEED_CONFIG)." placeholder:"FILE"`
}

// config reads the configuration and lets the flags override it.
func (s serving) config(env *environment) (config, error) {
	c, err := loadConfig(s.Config, env.getenv)
	if err != nil {
		return c, err
	}
	if s.Data != "" {
		c.Data = s.Data
	}
	if s.Listen != "" {
		c.Listen = s.Listen
	}
	if s.OTLPGRPC != "" {
		c.OTLPGRPC = s.OTLPGRPC
	}
	return c, c.validate()
}

type serveCommand struct{ serving }

// Run serves until it is told to stop.
func (cmd serveCommand) Run(env *environment) (err error) {
	c, err := cmd.config(env)
	if err != nil {
		return err
	}
	shareProcessors()
	log := newLog(c.Log, env.stderr)
	app, err := openApplication(env.ctx, c, env.getenv, log)
	if err != nil {
		return err
	}
	defer func() { err = closeWith(err, app) }()
	code, err := app.accounts.First(env.ctx)
	if err != nil {
		return err
	}
	return app.server.Run(env.ctx, func() {
		app.tellReady(log)
		if code != "" {
			// Not to the log, which others may read and which is kept.
			fmt.Fprintf(env.stdout, "The console, for its owner; this link is good once, for a day:\n\n  %s%s\n\n"+
				"heed user link admin makes another.\n", app.server.URL(), access.EntryPath(code))
		}
	})
}
