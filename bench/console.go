package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
)

const (
	maxScript      = 60_000 // bytes of gzip
	maxStyle       = 12_000
	maxWidget      = 4_000
	maxCore        = 1_000
	maxInteraction = 100 // ms
)

// measureConsole drives the console of a demo in Chromium.
func measureConsole(ctx context.Context, b *bench) ([]figure, error) {
	dir, err := os.MkdirTemp(b.dir, "data-")
	if err != nil {
		return nil, err
	}
	p, err := start(ctx, nil, b.heed, "demo", "--data", dir, "--listen", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer p.stop()
	cmd := exec.CommandContext(ctx, "node", "speed.mjs", p.url)
	cmd.Dir = "e2e"
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("drive the console (make tools installs what it takes): %w\n%s", err, said.String())
	}
	var found struct{ Script, Style, Widget, Core, P50, P95, Load float64 }
	if err := json.Unmarshal(out, &found); err != nil {
		return nil, fmt.Errorf("what speed.mjs found: %w", err)
	}
	return []figure{
		{what: "console, from a click to the page on the screen, p50", unit: milliseconds, value: found.P50},
		{what: "console, from a click to the page on the screen, p95", unit: milliseconds, value: found.P95, goal: goal{atMost, maxInteraction}, why: "the browser shares the server's cores"},
		{what: "console, the overview loaded anew, median", unit: milliseconds, value: found.Load},
		{what: "console, scripts of the first load, gzip", unit: bytesSent, value: found.Script, goal: goal{atMost, maxScript}},
		{what: "console, styles, gzip", unit: bytesSent, value: found.Style, goal: goal{atMost, maxStyle}},
		{what: "widget, whole, gzip", unit: bytesSent, value: found.Widget, goal: goal{atMost, maxWidget}},
		{what: "widget, headless core, gzip", unit: bytesSent, value: found.Core, goal: goal{atMost, maxCore}},
	}, nil
}
