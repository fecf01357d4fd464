package access

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/heed-ai/heed/internal/store"
)

// useStep is how exactly is known when a key or session was last used. Finer, it
// would be a record of somebody's day, and a write for each call.
const useStep = 10 * time.Minute

// usesWrittenEvery is how long a use may wait to be written down.
const usesWrittenEvery = time.Minute

// keyUses remembers which keys were used, until that is written down. A call
// waits for no disk: where the key was used in the same ten minutes it compares
// two times, and else, once a second at most, notes its id. Safe for concurrent
// use; the zero value is ready.
type keyUses struct {
	mu    sync.Mutex
	noted map[string]store.KeyUse
}

func (u *keyUses) note(key cachedKey, now time.Time) {
	at := now.UTC().Truncate(useStep)
	if !at.After(key.UsedAt) || key.noted.Load() || !key.noted.CompareAndSwap(false, true) {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.noted == nil {
		u.noted = map[string]store.KeyUse{}
	}
	u.noted[key.ID] = store.KeyUse{Project: key.Project, ID: key.ID, At: at}
}

// take returns what is to be written down.
func (u *keyUses) take() []store.KeyUse {
	u.mu.Lock()
	defer u.mu.Unlock()
	var uses []store.KeyUse
	for _, use := range u.noted {
		uses = append(uses, use)
	}
	u.noted = nil
	return uses
}

// KeepUses writes down when keys were last used, every minute and once more when
// ctx is done. What cannot be written is logged and lost: the next use is noted
// again.
func (a *Authority) KeepUses(ctx context.Context, log *slog.Logger) {
	every := time.NewTicker(usesWrittenEvery)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			a.writeUses(context.WithoutCancel(ctx), log)
			return
		case <-every.C:
			a.writeUses(ctx, log)
		}
	}
}

func (a *Authority) writeUses(ctx context.Context, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(ctx, loadTimeout)
	defer cancel()
	uses := a.uses.take()
	if len(uses) == 0 {
		return
	}
	if err := a.catalog.NoteKeyUses(ctx, uses); err != nil {
		log.Warn("when keys were last used could not be written down", "keys", len(uses), "error", err)
	}
}
