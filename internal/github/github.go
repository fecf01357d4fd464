// Package github speaks to GitHub about repositories and issues, and reads what
// its webhooks say.
//
// These are five calls of its REST API, in the version of which GitHub Enterprise
// Server knows all of them. No redirect is followed: a repository that was renamed
// answers with one, and what is at its old name may be somebody else's by now.
package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"

	"github.com/heed-ai/heed/internal/reach"
)

const (
	// DefaultAPI is where github.com answers.
	DefaultAPI = "https://api.github.com"
	apiVersion = "2022-11-28"
	// answerWithin is how long one answer may take. GitHub gives up after ten
	// seconds itself.
	answerWithin = 15 * time.Second
	// maxAnswerBytes bounds an answer about one thing, maxListBytes a page of issues:
	// each has at most 65,536 characters of text.
	maxAnswerBytes = 2 << 20
	maxListBytes   = 16 << 20
)

// Client calls GitHub. Safe for concurrent use.
type Client struct{ http *http.Client }

// New makes a client, which unless private connects to the internet alone.
func New(private bool) *Client { return &Client{http: reach.Client(answerWithin, private)} }

// Access is with what GitHub is called.
type Access struct {
	API   string // such as DefaultAPI
	Token string
}

// call is one call and what is read of its answer.
type call struct {
	method, path string
	query        url.Values
	body         any
	want         int // status
	into         any
	maxBytes     int64
}

// do makes a call. Its errors are Problems.
func (c *Client) do(ctx context.Context, a Access, one call) (http.Header, error) {
	var body io.Reader
	if one.body != nil {
		encoded, err := json.Marshal(one.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(encoded)
	}
	reached := false
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { reached = true }})
	address := strings.TrimRight(a.API, "/") + one.path
	if len(one.query) > 0 {
		address += "?" + one.query.Encode()
	}
	r, err := http.NewRequestWithContext(traced, one.method, address, body)
	if err != nil {
		return nil, &Problem{Kind: Unreachable}
	}
	r.Header.Set("Authorization", "Bearer "+a.Token)
	r.Header.Set("Accept", "application/vnd.github+json")
	r.Header.Set("X-GitHub-Api-Version", apiVersion)
	r.Header.Set("User-Agent", "Heed")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := c.http.Do(r)
	if errors.Is(err, reach.ErrPrivate) {
		return nil, &Problem{Kind: Private}
	}
	if err != nil {
		return nil, &Problem{Kind: Unreachable, Unknown: reached}
	}
	defer answer.Body.Close()
	limit := one.maxBytes
	if limit == 0 {
		limit = maxAnswerBytes
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, limit+1))
	if answer.StatusCode != one.want {
		return answer.Header, problemOf(answer, text, time.Now())
	}
	if err != nil || int64(len(text)) > limit || json.Unmarshal(text, one.into) != nil {
		return answer.Header, &Problem{Kind: Strange, Status: answer.StatusCode, Unknown: true}
	}
	return answer.Header, nil
}
