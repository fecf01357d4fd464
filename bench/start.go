package main

import (
	"context"
	"os"
	"time"
)

const maxStart = 1 // s

// measureStart starts heed on empty and on demo-size data.
func measureStart(ctx context.Context, b *bench) ([]figure, error) {
	var empty, full []float64
	for range b.sizes.starts {
		dir, err := os.MkdirTemp(b.dir, "data-")
		if err != nil {
			return nil, err
		}
		took, err := b.startOn(ctx, dir)
		if err != nil {
			return nil, err
		}
		empty = append(empty, took)
	}
	site, _, err := b.demoSize(ctx)
	if err != nil {
		return nil, err
	}
	defer site.remove()
	site.stop()
	for range b.sizes.starts {
		took, err := b.startOn(ctx, site.dir)
		if err != nil {
			return nil, err
		}
		full = append(full, took)
	}
	why := "the data directory is opened and checked before the server is ready"
	return []figure{
		{what: "start to ready, new data directory, median", unit: seconds, value: median(empty), goal: goal{atMost, maxStart}, why: why},
		{what: "start to ready, demo-size data, median", unit: seconds, value: median(full), goal: goal{atMost, maxStart}, why: why},
	}, nil
}

// startOn starts heed on a data directory, stops it, and returns the seconds
// from exec until it was ready.
func (b *bench) startOn(ctx context.Context, dir string) (float64, error) {
	p, err := b.serve(ctx, dir)
	if err != nil {
		return 0, err
	}
	p.stop()
	return p.readyIn.Seconds(), ctx.Err()
}

const maxDemo = 10 // s

// measureDemo starts heed demo and clicks as soon as it is ready.
func measureDemo(ctx context.Context, b *bench) ([]figure, error) {
	dir, err := os.MkdirTemp(b.dir, "data-")
	if err != nil {
		return nil, err
	}
	began := time.Now()
	p, err := start(ctx, nil, b.heed, "demo", "--data", dir, "--listen", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer p.stop()
	secret, err := b.createProject(ctx, dir)
	if err != nil {
		return nil, err
	}
	c := newCaller(p.url, 1)
	defer c.close()
	click := mixture{known: history{responses: 1}, secret: secret}.request(0)
	if _, err := visibleOne(ctx, c, click, secret); err != nil {
		return nil, err
	}
	return []figure{{
		what: "heed demo, exec to the first stored click", unit: seconds, value: time.Since(began).Seconds(),
		note: "ready after " + seconds.format(p.readyIn.Seconds()), goal: goal{atMost, maxDemo},
		why: "the example history is stored first",
	}}, nil
}
