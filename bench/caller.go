package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// caller sends requests to one server over connections that it keeps. Safe
// for concurrent use.
type caller struct {
	url    string
	client *http.Client
}

// request is one call and the status it must be answered with.
type request struct {
	method, path string
	credential   string
	key          string // of heed's gateway
	media        string // of the body; empty: JSON
	body         []byte
	status       int
}

func newCaller(url string, connections int) *caller {
	return &caller{url, &http.Client{
		Timeout: 2 * time.Minute,
		Transport: &http.Transport{
			MaxIdleConns: connections, MaxIdleConnsPerHost: connections, DisableCompression: true,
		},
	}}
}

// close drops the connections.
func (c *caller) close() { c.client.CloseIdleConnections() }

// call sends a request and returns the answer's body. An answer of another
// status than the wanted one is a *statusError.
func (c *caller) call(ctx context.Context, r request) ([]byte, error) {
	resp, err := c.send(ctx, r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

// load is call for those who do not look at the answer.
func (c *caller) load(ctx context.Context, r request) error {
	resp, err := c.send(ctx, r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

func (c *caller) send(ctx context.Context, r request) (*http.Response, error) {
	var body io.Reader
	if r.body != nil {
		body = bytes.NewReader(r.body)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, c.url+r.path, body)
	if err != nil {
		return nil, err
	}
	if r.body != nil {
		req.Header["Content-Type"] = []string{cmp.Or(r.media, "application/json")}
	}
	if r.key != "" {
		req.Header["X-Heed-Key"] = []string{r.key}
	}
	req.Header["Authorization"] = []string{"Bearer " + r.credential}
	resp, err := c.client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != r.status {
		defer resp.Body.Close()
		return nil, newStatusError(r, resp)
	}
	return resp, nil
}

// statusError is an answer that was not the wanted one.
type statusError struct {
	request    string
	status     int
	detail     string
	retryAfter time.Duration
}

func newStatusError(r request, resp *http.Response) *statusError {
	const enough = 400
	detail, _ := io.ReadAll(io.LimitReader(resp.Body, enough))
	wait, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
	return &statusError{
		request: r.method + " " + r.path, status: resp.StatusCode, detail: string(detail),
		retryAfter: time.Duration(wait) * time.Second,
	}
}

func (e *statusError) Error() string {
	return fmt.Sprintf("%s was answered %d: %s", e.request, e.status, e.detail)
}

// busy reports whether the server asked to come back later.
func (e *statusError) busy() bool {
	return e.status == http.StatusServiceUnavailable || e.status == http.StatusTooManyRequests
}
