package retain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/heed-ai/heed"
)

// What concerns every project of a server is directed by members, and by whoever
// has its data directory: by files there that the server looks for, since the
// directory is all that proves. A secret key is of one project and directs nothing.

// Ask is what whoever has the data directory asks of the server. Each has a file of
// its own, named after it, so that one never takes the place of another; left twice,
// it is one ask, which is answered after the second.
type Ask string

const (
	AskLook    Ask = "look"    // to do now what is due
	AskRewrite Ask = "rewrite" // to write the file of events anew now
)

// askedEvery is how often the server looks for them.
const askedEvery = time.Second

// at is where an ask is left, by the path of all.
func (a Ask) at(path string) string { return path + "." + string(a) }

// Leave leaves what is asked at a path, where the server finds it within a second,
// or when it starts.
func (a Ask) Leave(path string) error {
	if err := os.WriteFile(a.at(path), nil, 0o600); err != nil {
		return fmt.Errorf("ask the server: %w", err)
	}
	return nil
}

// asked takes up what was asked, and reports whether there was something. What is
// left again while it does is done after, or taken up next.
func (e *Enforcer) asked() bool {
	look, rewrite := e.takeUp(AskLook), e.takeUp(AskRewrite)
	if rewrite {
		e.mu.Lock()
		e.rewrite = true
		e.mu.Unlock()
	}
	return look || rewrite
}

func (e *Enforcer) takeUp(a Ask) bool {
	err := os.Remove(a.at(e.Asks))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		e.Log.Warn("what the server is asked for could not be taken up", "ask", string(a), "error", err)
	}
	return err == nil
}

// ConfirmClock is Confirm for who has the data directory and not the server, which
// finds it confirmed when it looks next.
func ConfirmClock(ctx context.Context, catalog Catalog, date string) error {
	if err := checkDate(date); err != nil {
		return err
	}
	c := clock{catalog: catalog}
	return c.confirm(ctx)
}

func checkDate(date string) error {
	if today := time.Now().UTC().Format(time.DateOnly); date != today {
		return heed.InvalidField("body.date", "is not what the server's clock shows, which is "+today+" in UTC: set that clock right, or confirm that date")
	}
	return nil
}
