package main

import (
	"context"
	"fmt"
	"sync/atomic"
)

const (
	throughputConnections = 64
	minShareOfNull        = 0.5
)

// measureThroughput gives as much feedback as 64 connections can, in turns with
// the null server: what else the machine does then weighs on both alike.
func measureThroughput(ctx context.Context, b *bench) ([]figure, error) {
	site, err := b.feedbackSite(ctx, throughputConnections)
	if err != nil {
		return nil, err
	}
	defer site.close()
	var nulls, heeds, ratios, cpus []float64
	var toNull, toHeed atomic.Int64
	loop := closedLoop{connections: throughputConnections, length: b.sizes.round}
	// The first turn of each warms up and does not count.
	for turn := range b.sizes.rounds + 1 {
		null, err := loop.run(ctx, site.null, &toNull, site.mixture.request)
		if err != nil {
			return nil, err
		}
		var heed float64
		cpu, err := site.heed.cpuPer(func() (float64, error) {
			heed, err = loop.run(ctx, site.caller, &toHeed, site.mixture.request)
			return heed * loop.length.Seconds(), err
		})
		if err != nil {
			return nil, err
		}
		if turn == 0 {
			continue
		}
		nulls, heeds = append(nulls, null), append(heeds, heed)
		ratios, cpus = append(ratios, heed/null), append(cpus, cpu)
	}
	return []figure{{
		what: "feedback, 64 connections", unit: perSecond, value: median(heeds), null: median(nulls), ratio: median(ratios),
		goal: goal{atLeastOfNull, minShareOfNull},
		note: fmt.Sprintf("heed computes %s for each", microseconds.format(median(cpus))),
		why:  "what heed does for a feedback, it does on the cores that the client and the null server have to themselves",
	}}, nil
}
