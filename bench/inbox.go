package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

const (
	maxInbox      = 100 // ms
	inboxPage     = 50  // items
	badVotesShare = 4   // of so many votes of a history one is bad
)

// measureInbox fills an inbox and asks it as a reviewer does: the page, the page
// of a filter, how much there is; then handles items one by one, with the next
// one locked, and 500 at once.
func measureInbox(ctx context.Context, b *bench) ([]figure, error) {
	site, err := b.install(ctx)
	if err != nil {
		return nil, err
	}
	defer site.remove()
	const connections = 4
	c := newCaller(site.url, connections)
	defer c.close()
	month := history{
		from: time.Now().Add(-overviewDays * day), span: overviewDays * day, responses: b.sizes.inbox * badVotesShare, batch: 2000, rated: 1,
	}
	began := time.Now()
	if err := month.store(ctx, c, site.secret, connections); err != nil {
		return nil, err
	}
	in := inboxCaller{c, site.secret}
	open, err := in.filled(ctx, b.sizes.inbox)
	if err != nil {
		return nil, err
	}
	first, err := in.first(ctx)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(b.log, "  %s items are in the inbox after %s\n", thousands(float64(open)), time.Since(began).Round(time.Second))
	var figures []figure
	for _, part := range []struct {
		what string
		ask  func(context.Context) error
	}{
		{"the first 50", in.get("/v1/inbox?limit=" + strconv.Itoa(inboxPage))},
		{"the first 50 of a filter that keeps a sixteenth", in.get("/v1/inbox?limit=50&tag=incorrect&prompt_version=v13")},
		{"the first 50 of a filter that keeps nothing", in.get("/v1/inbox?limit=50&tag=incorrect&feature=none")},
		{"how much is open and overdue", in.get("/v1/inbox/count")},
		{"one item with its conversation", in.get("/v1/inbox/items/" + first.ID)},
		{"handle one, and have the next", in.handle(first)},
		{"handle 500 at once", in.handleMany},
	} {
		var times []time.Duration
		for range b.sizes.inboxActs {
			began := time.Now()
			if err := part.ask(ctx); err != nil {
				return nil, err
			}
			times = append(times, time.Since(began))
		}
		d := newDistribution(times)
		f := figure{
			what: "inbox of " + thousands(float64(open)) + " open items: " + part.what + ", p95", unit: milliseconds, value: d.percentile(95),
			goal: goal{below, maxInbox}, note: "p50 " + milliseconds.format(d.percentile(50)),
		}
		if part.what == "handle 500 at once" {
			f.goal = goal{}
		}
		figures = append(figures, f)
	}
	return figures, nil
}

// inboxCaller asks an inbox.
type inboxCaller struct {
	c      *caller
	secret string
}

// filled waits until the inbox has followed all that was stored, and returns how
// much it holds. It reads thousands of votes between two times that it grows.
func (in inboxCaller) filled(ctx context.Context, bad int) (int, error) {
	for last, same := -1, 0; ; {
		var n struct{ Open int }
		if err := in.ask(ctx, http.MethodGet, "/v1/inbox/count", nil, &n); err != nil {
			return 0, err
		}
		if same++; n.Open != last {
			last, same = n.Open, 0
		}
		if same >= 3 && n.Open > bad*9/10 {
			return n.Open, nil
		}
		if err := wait(ctx, 2*time.Second); err != nil {
			return 0, err
		}
	}
}

func (in inboxCaller) ask(ctx context.Context, method, path string, body []byte, into any) error {
	answer, err := in.c.call(ctx, request{method: method, path: path, credential: in.secret, body: body, status: http.StatusOK})
	if err != nil {
		return err
	}
	return json.Unmarshal(answer, into)
}

func (in inboxCaller) get(path string) func(context.Context) error {
	return func(ctx context.Context) error {
		return in.c.load(ctx, request{method: http.MethodGet, path: path, credential: in.secret, status: http.StatusOK})
	}
}

// inboxItem is what is read of an item.
type inboxItem struct {
	ID      string `json:"feedback_id"`
	Version int64  `json:"version"`
}

func (in inboxCaller) first(ctx context.Context) (inboxItem, error) {
	var list struct{ Items []inboxItem }
	if err := in.ask(ctx, http.MethodGet, "/v1/inbox?limit=1", nil, &list); err != nil {
		return inboxItem{}, err
	}
	if len(list.Items) == 0 {
		return inboxItem{}, errors.New("the inbox is empty")
	}
	return list.Items[0], nil
}

// handle handles an item, then the next that it was answered, and so on.
func (in inboxCaller) handle(item inboxItem) func(context.Context) error {
	return func(ctx context.Context) error {
		var out struct{ Next *inboxItem }
		body := fmt.Appendf(nil, `{"version":%d,"state":"done","cause":"prompt","next":true}`, item.Version)
		if err := in.ask(ctx, http.MethodPatch, "/v1/inbox/items/"+item.ID, body, &out); err != nil {
			return err
		}
		if out.Next == nil {
			return errors.New("there was no next item")
		}
		item = *out.Next
		return nil
	}
}

func (in inboxCaller) handleMany(ctx context.Context) error {
	var out struct{ Changed int }
	return in.ask(ctx, http.MethodPost, "/v1/inbox/changes", []byte(`{"state":"done"}`), &out)
}
