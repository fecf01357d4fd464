// Package rest is how Heed's JSON API speaks: how an endpoint is described,
// so that the OpenAPI document is true by construction, and how an answer or
// an error is written. It holds the one map from error code to status.
package rest

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
	Code   heed.Code         `json:"code" enum:"invalid,unauthenticated,forbidden,not_found,method_not_allowed,conflict,too_large,unsupported,rate_limited,unavailable,internal" doc:"The kind of problem, for programs."`
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

// RetryAfter is how long to wait before the same is tried again; zero where
// that does not help, or nobody knows.
func (p *Problem) RetryAfter() time.Duration { return p.retryAfter }

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
	case heed.MethodNotAllowed:
		return http.StatusMethodNotAllowed, "The path does not take this method"
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

// Error returns the detail.
func (p *Problem) Error() string { return p.Detail }

// SetHeaders sets the headers that belong to the problem.
func (p *Problem) SetHeaders(h http.Header) {
	if p.Code == heed.RateLimited || p.Code == heed.Unavailable {
		h.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(p.retryAfter.Seconds())))))
	}
	if p.Code == heed.Unauthenticated {
		h.Set("WWW-Authenticate", `Bearer realm="heed"`)
	}
}

// Observer is a ResponseWriter that wants to know the error behind an answer,
// which is more than the answer says.
type Observer interface{ Failed(err error) }

// WriteProblem answers a request with err, as application/problem+json
// (RFC 9457).
func WriteProblem(w http.ResponseWriter, err error) {
	if o, ok := w.(Observer); ok {
		o.Failed(err)
	}
	p := From(err)
	p.SetHeaders(w.Header())
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	// The client may be gone; there is nobody left to tell.
	_ = json.NewEncoder(w).Encode(p)
}
