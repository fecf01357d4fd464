// Package problem says errors over HTTP: it holds the one map from error code
// to status and the application/problem+json form of RFC 9457.
package problem

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/heed-ai/heed"
)

// Problem is the body of every error answer. It never repeats what the
// request held.
type Problem struct {
	Type   string            `json:"type" doc:"A URI that names the kind of problem."`
	Title  string            `json:"title" doc:"The kind of problem in a few words."`
	Status int               `json:"status" doc:"The HTTP status."`
	Code   heed.Code         `json:"code" enum:"invalid,unauthenticated,forbidden,not_found,conflict,too_large,unsupported,rate_limited,unavailable,internal" doc:"The kind of problem, for programs."`
	Detail string            `json:"detail" doc:"What is wrong and what to do."`
	Errors []heed.FieldError `json:"errors,omitempty" doc:"Each field that is wrong."`

	retryAfter time.Duration
}

// From turns any error into its Problem. An error that is not a heed.Error is
// internal, and nothing of it is shown.
func From(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	e, ok := errors.AsType[*heed.Error](err)
	if !ok {
		e = &heed.Error{Code: heed.Internal, Message: "something went wrong inside Heed; the server's log says what"}
	}
	status, title := statusOf(e.Code)
	return &Problem{
		Type: "https://heed-ai.github.io/heed/problems#" + string(e.Code), Title: title, Status: status,
		Code: e.Code, Detail: e.Message, Errors: e.Fields, retryAfter: e.RetryAfter,
	}
}

// statusOf is the one map from code to status.
func statusOf(code heed.Code) (int, string) {
	switch code {
	case heed.Invalid:
		return http.StatusBadRequest, "The request is not valid"
	case heed.Unauthenticated:
		return http.StatusUnauthorized, "The credential is missing or not accepted"
	case heed.Forbidden:
		return http.StatusForbidden, "The credential may not do this"
	case heed.NotFound:
		return http.StatusNotFound, "There is nothing here"
	case heed.Conflict:
		return http.StatusConflict, "This contradicts what is stored"
	case heed.TooLarge:
		return http.StatusRequestEntityTooLarge, "The request is too large"
	case heed.Unsupported:
		return http.StatusUnsupportedMediaType, "The encoding is not supported"
	case heed.RateLimited:
		return http.StatusTooManyRequests, "Too many requests"
	case heed.Unavailable:
		return http.StatusServiceUnavailable, "Heed cannot take this now"
	default:
		return http.StatusInternalServerError, "Internal error"
	}
}

// CodeOfStatus is the way back, for errors that a library found by itself.
func CodeOfStatus(status int) heed.Code {
	switch status {
	case http.StatusUnauthorized:
		return heed.Unauthenticated
	case http.StatusForbidden:
		return heed.Forbidden
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return heed.NotFound
	case http.StatusConflict:
		return heed.Conflict
	case http.StatusRequestEntityTooLarge:
		return heed.TooLarge
	case http.StatusUnsupportedMediaType, http.StatusNotAcceptable:
		return heed.Unsupported
	case http.StatusTooManyRequests:
		return heed.RateLimited
	case http.StatusServiceUnavailable, http.StatusRequestTimeout:
		return heed.Unavailable
	}
	if status >= 400 && status < 500 {
		return heed.Invalid
	}
	return heed.Internal
}

// Error returns the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus returns the HTTP status; with ContentType it makes a Problem the
// error type of the huma library.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType returns the media type of a problem.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders returns the headers that belong to the answer.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	p.setHeaders(h)
	return h
}

func (p *Problem) setHeaders(h http.Header) {
	if p.Code == heed.RateLimited || p.Code == heed.Unavailable {
		h.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(p.retryAfter.Seconds())))))
	}
	if p.Code == heed.Unauthenticated {
		h.Set("WWW-Authenticate", `Bearer realm="heed"`)
	}
}

// Write answers a request with err.
func Write(w http.ResponseWriter, err error) {
	p := From(err)
	p.setHeaders(w.Header())
	w.Header().Set("Content-Type", p.ContentType(""))
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	// The client may be gone; there is nobody left to tell.
	_ = json.NewEncoder(w).Encode(p)
}
