package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture/native"
	"github.com/heed-ai/heed/internal/store"
)

// noEvents is a batch that is decided upon like every other and writes
// nothing.
const noEvents = `{"events":[]}`

func (d *doctor) checkKeyForm(context.Context) diagnosis {
	if d.cmd.Key == "" {
		return ill("There is no key: set HEED_KEY to a secret key, which heed project create prints.")
	}
	kind, id, err := access.ParseKey(d.cmd.Key)
	switch {
	case err != nil:
		return ill("HEED_KEY: %s.", sentence(err))
	case kind != store.SecretKey:
		return ill("HEED_KEY holds a publishable key, which is for web pages and reads nothing: set it to a secret key (heed_sk_…).")
	}
	d.keyGood = true
	return fine("a secret key, id %s", id)
}

func (d *doctor) checkKey(ctx context.Context) diagnosis {
	switch {
	case !d.keyGood:
		return skipped("there is no secret key to try")
	case d.base == "":
		d.keyGood = false
		return unreachable()
	}
	got, err := d.ask(ctx, http.MethodGet, "/v1/feedback?limit=1", "", withKey(d.cmd.Key)...)
	if err != nil {
		d.keyGood = false
		return ill("No answer: %v.", err)
	}
	written, err := d.ask(ctx, http.MethodPost, "/v1/events", noEvents, withKey(d.cmd.Key)...)
	d.keyGood, d.keyReads = err == nil && written.status == http.StatusOK, got.status == http.StatusOK
	switch {
	case d.keyGood && d.keyReads:
		return fine("accepted; it reads and writes")
	case d.keyGood && got.status == http.StatusForbidden:
		return fine("accepted; it writes, and reads nothing: that is its scope")
	case d.keyReads && written.status == http.StatusForbidden:
		return fine("accepted; it reads, and writes nothing: that is its scope, and what is written is not checked")
	case got.status == http.StatusForbidden && written.status == http.StatusForbidden:
		return fine("accepted; it reads numbers alone: that is its scope, and nothing else is checked")
	}
	d.keyGood = false
	return ill("Not accepted: %s. Check that HEED_URL is the server that made the key, or make another with heed key create.", got.problem())
}

// checkOrigin asks as a browser does before it lets a page send anything.
func (d *doctor) checkOrigin(ctx context.Context) diagnosis {
	switch {
	case d.cmd.Origin == "":
		return skipped("name a web page's origin with --origin to check it")
	case !heed.ValidOrigin(d.cmd.Origin):
		return ill("--origin must be scheme and host, such as https://app.example.com, with no path or slash at the end.")
	case d.base == "":
		return unreachable()
	}
	got, err := d.ask(ctx, http.MethodOptions, "/v1/feedback", "", "Origin", d.cmd.Origin,
		"Access-Control-Request-Method", http.MethodPost, "Access-Control-Request-Headers", "authorization,content-type")
	if err != nil {
		return ill("No answer: %v.", err)
	}
	allowed := got.header.Get("Access-Control-Allow-Origin")
	if allowed != d.cmd.Origin && allowed != "*" {
		return ill("No project of this server lets pages of %s send feedback: add it to the project's origins (heed project update NAME --origin %[1]s).", d.cmd.Origin)
	}
	methods := strings.Fields(strings.ReplaceAll(got.header.Get("Access-Control-Allow-Methods"), ",", " "))
	headers := strings.ToLower(got.header.Get("Access-Control-Allow-Headers"))
	for _, method := range methods {
		if method == http.MethodPost && strings.Contains(headers, "authorization") && strings.Contains(headers, "content-type") {
			return fine("pages of %s may send feedback", d.cmd.Origin)
		}
	}
	return ill("The answer to a browser's question lacks POST, Authorization or Content-Type: let the proxy before the server pass OPTIONS and its answer unchanged.")
}

// checkPublishableKey uses the key as a page would, and sends no event.
func (d *doctor) checkPublishableKey(ctx context.Context) diagnosis {
	switch {
	case d.cmd.PublishableKey == "":
		return skipped("name one with --publishable-key, and its page's --origin, to check it")
	case d.cmd.Origin == "":
		return skipped("name the origin of its web page with --origin to check it")
	}
	kind, id, err := access.ParseKey(d.cmd.PublishableKey)
	switch {
	case err != nil:
		return ill("%s.", sentence(err))
	case kind != store.PublishableKey:
		return ill("This is a secret key: if it stands in a web page, revoke it with heed key revoke %s, and use a publishable key (heed_pk_…) there.", id)
	case d.base == "":
		return unreachable()
	}
	got, err := d.ask(ctx, http.MethodPost, "/v1/events", noEvents, append(withKey(d.cmd.PublishableKey), "Origin", d.cmd.Origin)...)
	switch {
	case err != nil:
		return ill("No answer: %v.", err)
	case got.status != http.StatusOK:
		return ill("Not accepted from %s: %s.", d.cmd.Origin, got.problem())
	}
	return fine("id %s is accepted from %s", id, d.cmd.Origin)
}

// checkToken mints a token as an application does, and shows it to the server
// without writing anything.
func (d *doctor) checkToken(ctx context.Context) diagnosis {
	if !d.keyGood {
		return skipped("it takes a secret key that is accepted")
	}
	d.response = "doctor-" + strings.ToLower(rand.Text()[:12])
	issued := time.Now().Truncate(time.Second)
	token, err := access.Mint(d.cmd.Key, access.Claims{
		ResponseID: heed.ResponseID(d.response), IssuedAt: issued, ExpiresAt: issued.Add(10 * time.Minute),
	})
	if err != nil {
		return ill("No token could be made: %s.", sentence(err))
	}
	got, err := d.ask(ctx, http.MethodPost, "/v1/events", noEvents, withKey(token)...)
	switch {
	case err != nil:
		return ill("No answer: %v.", err)
	case got.status != http.StatusOK:
		return ill("A token made here is not accepted: %s.", got.problem())
	}
	d.token = token
	return fine("one made here for %s is accepted", d.response)
}

// checkRoundTrip gives feedback with the token, finds it and takes it back,
// if it was told to write.
func (d *doctor) checkRoundTrip(ctx context.Context) diagnosis {
	switch {
	case d.token == "":
		return skipped("it takes a feedback token that is accepted")
	case !d.keyReads:
		return skipped("the key reads nothing, so that it could not find what it wrote")
	case !d.cmd.Write:
		return skipped("--write would post a vote on %s, read it back within a second and retract it", d.response)
	}
	began := time.Now()
	got, err := d.ask(ctx, http.MethodPost, "/v1/feedback", `{"vote":"up"}`, withKey(d.token)...)
	switch {
	case err != nil:
		return ill("No answer: %v.", err)
	case got.status != http.StatusCreated:
		return ill("The vote was not accepted: %s.", got.problem())
	}
	stored := time.Since(began)
	var vote native.FeedbackAnswer
	if err := json.Unmarshal(got.body, &vote); err != nil || vote.ID == "" {
		return ill("The vote was answered in another shape: is the server of the same version as this heed?")
	}
	path := "/v1/feedback/" + url.PathEscape(string(vote.ID))
	visible, problem := d.awaitVote(ctx, path)
	got, err = d.ask(ctx, http.MethodDelete, path, "", withKey(d.cmd.Key)...)
	switch {
	case err != nil || got.status >= 300:
		return ill("The vote could not be retracted: remove it with DELETE %s.", path)
	case problem != "":
		return ill("%s", problem)
	}
	return fine("a vote was durable after %s, readable after %s, and is retracted",
		stored.Round(100*time.Microsecond), visible.Round(time.Millisecond))
}

// awaitVote asks for the vote until it is there, for the second within which
// it must be.
func (d *doctor) awaitVote(ctx context.Context, path string) (time.Duration, string) {
	began := time.Now()
	for {
		got, err := d.ask(ctx, http.MethodGet, path, "", withKey(d.cmd.Key)...)
		var read struct{ Vote heed.Vote }
		if err == nil && got.status == http.StatusOK && json.Unmarshal(got.body, &read) == nil && read.Vote == heed.VoteUp {
			return time.Since(began), ""
		}
		if time.Since(began) > time.Second {
			return 0, "The vote was accepted but is not readable after a second: see the server's log, and heed_spool_oldest_seconds in /metrics."
		}
		select {
		case <-ctx.Done():
			return 0, "It was interrupted."
		case <-time.After(10 * time.Millisecond):
		}
	}
}
