package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/rest"
)

// remote names the server a command talks to.
type remote struct {
	URL string `help:"Address of the server." env:"HEED_URL" default:"http://127.0.0.1:8080"`
	Key string `help:"Secret key (heed_sk_…)." env:"HEED_KEY"`
}

// client speaks to a server with a secret key, or with whatever http brings.
type client struct {
	base string
	key  string // empty: none
	http *http.Client
}

func (r remote) client() (*client, error) {
	if r.Key == "" {
		return nil, errors.New("there is no key: set HEED_KEY to a secret key, which heed project create prints")
	}
	return clientOf(r.URL, r.Key, nil)
}

// address is where something is on the server.
func (r remote) address(path string) string { return strings.TrimRight(r.URL, "/") + path }

func clientOf(address, key string, jar http.CookieJar) (*client, error) {
	base := strings.TrimRight(address, "/")
	if u, err := url.Parse(base); err != nil || u.Host == "" {
		return nil, errors.New("HEED_URL must be an address such as http://127.0.0.1:8080")
	}
	return &client{base: base, key: key, http: &http.Client{Timeout: 2 * time.Minute, Jar: jar}}, nil
}

// tries bounds how often a request that the server could not take is repeated.
const tries = 5

// do sends in as JSON (nil: no body) and decodes the answer into out (nil:
// ignored). What the server asks to be sent again is sent again: an
// idempotencyKey, if given, keeps that from counting twice.
func (c *client) do(ctx context.Context, method, path, idempotencyKey string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	for attempt := 1; ; attempt++ {
		wait, err := c.once(ctx, method, path, idempotencyKey, body, out)
		if err == nil || wait == 0 || attempt == tries {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// once sends a request once and returns how long to wait before it makes sense
// to send it again, or 0 if it does not.
func (c *client) once(ctx context.Context, method, path, idempotencyKey string, body []byte, out any) (time.Duration, error) {
	request, err := c.request(ctx, method, path, body)
	if err != nil {
		return 0, err
	}
	if idempotencyKey != "" {
		request.Header.Set("Idempotency-Key", idempotencyKey)
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return time.Second, c.noAnswer(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		return retryAfter(answer), problemOf(answer)
	}
	if out == nil {
		return 0, nil
	}
	return 0, json.NewDecoder(answer.Body).Decode(out)
}

func (c *client) request(ctx context.Context, method, path string, body []byte) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if c.key != "" {
		request.Header.Set("Authorization", "Bearer "+c.key)
	}
	if len(body) > 0 {
		request.Header.Set("Content-Type", "application/json")
	}
	return request, nil
}

func (c *client) noAnswer(err error) error {
	return fmt.Errorf("no answer from %s: %w: is heed serve running there?", c.base, rootCause(err))
}

// question is what stream asks for.
type question struct {
	method, path string
	body         any    // sent as JSON; nil: none
	accept       string // kind of text; empty: whatever comes
}

// stream copies an answer of any length. It is asked once.
func (c *client) stream(ctx context.Context, q question, into io.Writer) error {
	var body []byte
	if q.body != nil {
		var err error
		if body, err = json.Marshal(q.body); err != nil {
			return err
		}
	}
	request, err := c.request(ctx, q.method, q.path, body)
	if err != nil {
		return err
	}
	if q.accept != "" {
		request.Header.Set("Accept", q.accept)
	}
	endless := *c.http
	endless.Timeout = 0
	answer, err := endless.Do(request)
	if err != nil {
		return c.noAnswer(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		return problemOf(answer)
	}
	if _, err := io.Copy(into, answer.Body); err != nil {
		if ctx.Err() != nil {
			return errors.New("interrupted")
		}
		return fmt.Errorf("the server broke off: something in it may have been changed meanwhile: %w", rootCause(err))
	}
	return nil
}

// rootCause drops the address, which the message already names.
func rootCause(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

func retryAfter(answer *http.Response) time.Duration {
	seconds, err := strconv.Atoi(answer.Header.Get("Retry-After"))
	if err != nil {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// problemOf turns an error answer back into the error it was.
func problemOf(answer *http.Response) error {
	var said rest.Problem
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &said); err != nil || said.Code == "" {
		return fmt.Errorf("the server answered %s: is HEED_URL the address of a heed?", answer.Status)
	}
	return &heed.Error{Code: said.Code, Message: said.Detail, Fields: said.Errors}
}
