package retain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/heed-ai/heed"
)

// What concerns every project of a server is directed by members, and by whoever
// has its data directory: by a file there that the server looks for, since the
// directory is all that proves. A secret key is of one project and directs nothing.

// Ask is what whoever has the data directory asks of the server.
type Ask string

const (
	AskLook    Ask = "look"    // to do now what is due
	AskRewrite Ask = "rewrite" // to write the file of events anew now
)

// askedEvery is how often the server looks for it.
const askedEvery = time.Second

const maxAskBytes = 64

// Leave leaves what is asked at a path, where the server finds it within a second,
// or when it starts.
func (a Ask) Leave(path string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".ask-*")
	if err != nil {
		return fmt.Errorf("ask the server: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.WriteString(string(a))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("ask the server: %w", err)
	}
	return nil
}

// asked takes up what was asked, and reports whether there was something.
func (e *Enforcer) asked() bool {
	info, err := os.Stat(e.Asks)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			e.Log.Warn("whether the server is asked for something could not be read", "error", err)
		}
		return false
	}
	var text []byte
	if info.Size() <= maxAskBytes {
		text, err = os.ReadFile(e.Asks)
	}
	if err = errors.Join(err, os.Remove(e.Asks)); err != nil {
		e.Log.Warn("what the server is asked for could not be taken up", "error", err)
		return false
	}
	if Ask(text) == AskRewrite {
		e.mu.Lock()
		e.rewrite = true
		e.mu.Unlock()
	}
	return true
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
