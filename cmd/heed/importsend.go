package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture/native"
)

// Bounds of one request of an import: half of what the server takes, so that
// its limits are never near.
const (
	importBatchEvents = native.MaxEvents / 2
	importBatchBytes  = native.MaxEventsBytes / 2
)

// importRounds is how many times a batch is given to the client, which tries
// several times itself, before the import gives up.
const importRounds = 3

// importer sends the events of one file in order, one batch at a time: a later
// line may change what an earlier one said.
type importer struct {
	client   *client
	progress *progress
	reject   func(rejectedLine) // called for every rejected line, in order
	ids      *lineIDs
	key      string        // random; begins the idempotency key of every batch of this run
	pause    time.Duration // before a batch is tried again

	batch    importBatch
	batches  int
	settled  int64 // the last line that is accepted or rejected, like all before it
	accepted int64
	rejected int64
}

// importBatch is what goes into one request, and beside it the lines that need
// not be sent to be rejected.
type importBatch struct {
	events   []json.RawMessage
	lines    []int64 // of each event
	bytes    int
	rejected []rejectedLine
}

func newImporter(c *client, told *progress, reject func(rejectedLine)) *importer {
	return &importer{
		client: c, progress: told, reject: reject,
		ids: newLineIDs(), key: rand.Text(), pause: 2 * time.Second,
	}
}

// run sends the whole file. Rejected lines are no error; see rejection.
func (im *importer) run(ctx context.Context, file *importFile) error {
	for {
		line, err := file.next()
		if errors.Is(err, io.EOF) {
			return im.flush(ctx, file.number, file.position())
		}
		if err != nil {
			return errors.Join(im.flush(ctx, file.number, file.position()), err)
		}
		if err := im.add(ctx, line, file.position()); err != nil {
			return err
		}
	}
}

// add puts a line into the batch, and sends the batch first where the line
// has no room in it.
func (im *importer) add(ctx context.Context, line importLine, position int64) error {
	event, refused := im.eventOf(line)
	full := len(im.batch.events) == importBatchEvents || len(im.batch.rejected) == importBatchEvents ||
		im.batch.bytes+len(event)+1 > importBatchBytes-len(`{"events":[]}`)
	if full {
		if err := im.flush(ctx, line.number-1, position); err != nil {
			return err
		}
	}
	switch {
	case refused != nil:
		im.batch.rejected = append(im.batch.rejected, rejectedLine{Line: line.number, Code: refused.Code, Message: refused.Message})
	case event != nil:
		im.batch.events = append(im.batch.events, event)
		im.batch.lines = append(im.batch.lines, line.number)
		im.batch.bytes += len(event) + 1
	}
	return nil
}

// flush sends the batch, which ends with the given line, and names what was
// rejected of it.
func (im *importer) flush(ctx context.Context, line, position int64) error {
	rejected := im.batch.rejected
	if len(im.batch.events) > 0 {
		im.batches++
		answer, err := im.send(ctx)
		if err != nil {
			return err
		}
		im.accepted += int64(answer.Accepted)
		for _, r := range answer.Rejected {
			if r.Index < 0 || r.Index >= len(im.batch.lines) {
				return fmt.Errorf("the server rejected event %d of %d: is HEED_URL the address of a heed?", r.Index, len(im.batch.lines))
			}
			rejected = append(rejected, rejectedLine{Line: im.batch.lines[r.Index], Code: r.Code, Field: r.Field, Message: r.Message})
		}
	}
	slices.SortFunc(rejected, func(a, b rejectedLine) int { return cmp.Compare(a.Line, b.Line) })
	for _, r := range rejected {
		im.reject(r)
	}
	im.rejected += int64(len(rejected))
	im.settled = line
	im.batch = importBatch{events: im.batch.events[:0], lines: im.batch.lines[:0], rejected: rejected[:0]}
	im.progress.advance(im.accepted, position)
	return nil
}

// send sends the batch until the server has answered for it. The same key each
// time keeps a batch whose answer was lost from counting twice.
func (im *importer) send(ctx context.Context) (answer native.EventsAnswer, err error) {
	key := im.key + "-" + strconv.Itoa(im.batches)
	for round := 1; ; round++ {
		answer = native.EventsAnswer{}
		err = im.client.do(ctx, http.MethodPost, "/v1/events", key, map[string]any{"events": im.batch.events}, &answer)
		if err == nil || ctx.Err() != nil || round == importRounds || !passing(err) {
			return answer, err
		}
		im.progress.say(sentence(err) + "; trying again")
		select {
		case <-ctx.Done():
			return answer, ctx.Err()
		case <-time.After(im.pause):
		}
	}
}

// passing reports whether an error may be gone when the same is sent again.
func passing(err error) bool {
	e, ok := errors.AsType[*heed.Error](err)
	return !ok || e.Code == heed.Unavailable || e.Code == heed.RateLimited || e.Code == heed.Internal
}

// rejection is the error of an import that could not take every line.
func (im *importer) rejection() error {
	if im.rejected == 0 {
		return nil
	}
	if im.accepted == 0 {
		return errors.New("no line was an event in the shape of POST /v1/events: if the file holds something else, convert it first, as examples/conversations does")
	}
	return errors.New("correct the rejected lines and run the same command again; what was imported is not counted twice")
}
