package review

import (
	"context"
	"time"
)

// Round is one round, for tests that choose the time.
var Round = (*Watcher).round

// Follow, Bind and JoinAll are what an Inbox does now and then.
func Follow(b *Inbox, ctx context.Context) error {
	at, err := b.events.Position(ctx)
	if err != nil {
		return err
	}
	return b.follow(ctx, at)
}

var (
	Bind    = (*Inbox).bind
	JoinAll = (*Inbox).joinAll
	Look    = (*Scheduler).round
)

// Turns returns what an Inbox does again and again.
func Turns(b *Inbox) func(ctx context.Context, now time.Time) error {
	left := newErrands()
	return func(ctx context.Context, now time.Time) error { return b.turn(ctx, left, now) }
}
