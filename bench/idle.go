package main

import (
	"context"
	"time"
)

const (
	maxIdleMB  = 120
	maxIdleCPU = 1 // percent of one core
)

// measureIdle lets heed rest after it has stored a history of the size of the
// demo and answered a question about it, and measures once more after it was
// started anew.
func measureIdle(ctx context.Context, b *bench) ([]figure, error) {
	site, _, err := b.demoSize(ctx)
	if err != nil {
		return nil, err
	}
	defer site.remove()
	worked, err := b.restAfterWork(ctx, "idle after storing demo-size data", site.process)
	if err != nil {
		return nil, err
	}
	site.stop()
	if site.process, err = b.serve(ctx, site.dir); err != nil {
		return nil, err
	}
	started, err := b.restAfterWork(ctx, "idle after a start on demo-size data", site.process)
	return append(worked, started...), err
}

// demoSize installs heed with as many responses as the demo has, over as many
// days. The caller removes it.
func (b *bench) demoSize(ctx context.Context) (*installation, history, error) {
	const days, connections = 60, 2
	past := history{
		from: time.Now().Add(-days * day), span: days * day, responses: b.sizes.demo, batch: 2000, shown: 0.3, rated: 0.05,
	}
	site, err := b.install(ctx)
	if err != nil {
		return nil, past, err
	}
	c := newCaller(site.url, connections)
	defer c.close()
	if err := past.store(ctx, c, site.secret, connections); err != nil {
		site.remove()
		return nil, past, err
	}
	return site, past, nil
}

// restAfterWork waits for the process to settle and measures it while nobody
// asks anything.
func (b *bench) restAfterWork(ctx context.Context, what string, p *process) ([]figure, error) {
	if err := wait(ctx, b.sizes.settle); err != nil {
		return nil, err
	}
	before, err := p.cpuTime()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := wait(ctx, b.sizes.idle); err != nil {
		return nil, err
	}
	after, err := p.cpuTime()
	if err != nil {
		return nil, err
	}
	share := float64(after-before) / float64(time.Since(began)) * 100
	resident, err := p.residentMB()
	if err != nil {
		return nil, err
	}
	return []figure{
		{what: what + ", memory (RSS)", unit: megabytes, value: resident, goal: goal{atMost, maxIdleMB}, why: "half of it is pages of the binary, a quarter Go's heap with the responses and feedback of late"},
		{what: what + ", CPU of one core", unit: percent, value: share, goal: goal{below, maxIdleCPU}, why: "something wakes up too often"},
	}, nil
}
