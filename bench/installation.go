package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// installation is a running heed with a data directory and a project of its
// own.
type installation struct {
	*process
	dir    string
	secret string
}

// install starts heed on a new data directory and creates a project. The
// caller stops it.
func (b *bench) install(ctx context.Context, args ...string) (*installation, error) {
	dir, err := os.MkdirTemp(b.dir, "data-")
	if err != nil {
		return nil, err
	}
	p, err := b.serve(ctx, dir, args...)
	if err != nil {
		return nil, err
	}
	secret, err := b.createProject(ctx, dir)
	if err != nil {
		p.stop()
		return nil, err
	}
	return &installation{p, dir, secret}, nil
}

// serve starts heed serve on a data directory.
func (b *bench) serve(ctx context.Context, dir string, args ...string) (*process, error) {
	return start(ctx, nil, b.heed, append([]string{"serve", "--data", dir, "--listen", "127.0.0.1:0", "--otlp-grpc", "none"}, args...)...)
}

// createProject adds a project and returns its secret key.
func (b *bench) createProject(ctx context.Context, dir string) (string, error) {
	cmd := exec.CommandContext(ctx, b.heed, "project", "create", "bench", "--data", dir, "--json")
	cmd.Env, cmd.Stderr = environment(), b.log
	printed, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("create a project: %w", err)
	}
	var project struct {
		SecretKey string `json:"secret_key"`
	}
	if err := json.Unmarshal(printed, &project); err != nil {
		return "", fmt.Errorf("create a project: %w", err)
	}
	return project.SecretKey, nil
}

// remove stops heed and deletes its data.
func (i *installation) remove() {
	i.stop()
	_ = os.RemoveAll(i.dir) // the bench's own directory goes at its end anyway
}

// cpuPer is the time that p computes for each of the n things that happen in
// work, in microseconds.
func (p *process) cpuPer(work func() (n float64, err error)) (float64, error) {
	before, err := p.cpuTime()
	if err != nil {
		return 0, err
	}
	n, err := work()
	if err != nil {
		return 0, err
	}
	after, err := p.cpuTime()
	if err != nil || n == 0 {
		return 0, err
	}
	return float64(after-before) / float64(time.Microsecond) / n, nil
}
