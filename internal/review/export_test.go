package review

import "context"

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
