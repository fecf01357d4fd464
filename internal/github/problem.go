package github

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Kind is what became of a call that was not done.
type Kind string

const (
	Unauthorized Kind = "unauthorized" // the token is not taken
	Forbidden    Kind = "forbidden"    // the token may not
	SignOn       Kind = "sign_on"      // the organisation wants the token authorised for its single sign-on
	Missing      Kind = "missing"      // it is not there, or the token may not see it
	Moved        Kind = "moved"        // it has another name, or is elsewhere
	Gone         Kind = "gone"         // of an issue: deleted; of issues: switched off
	Limited      Kind = "limited"      // too many calls
	Invalid      Kind = "invalid"      // what was asked makes no sense to GitHub
	Private      Kind = "private"      // the address is not on the internet
	Unreachable  Kind = "unreachable"  // there was no answer
	Failed       Kind = "failed"       // GitHub has trouble
	Strange      Kind = "strange"      // the answer is none that GitHub gives
	TooMany      Kind = "too_many"     // there is more than is looked through
)

// Problem is why a call was not done. It says nothing that GitHub wrote.
type Problem struct {
	Kind     Kind
	Status   int           // of the answer; 0: there was none
	After    time.Duration // of Limited: when to try again
	Location string        // of Moved: what the answer names; to be read, not to be followed
	// Unknown says that what was asked may have been done all the same.
	Unknown bool
}

// Error names the kind and the status.
func (p *Problem) Error() string { return fmt.Sprintf("GitHub: %s (status %d)", p.Kind, p.Status) }

// patience is how long GitHub asks to wait where it does not say.
const patience = time.Minute

// maxPatience bounds what an answer can make somebody wait; limits are reset each
// hour.
const maxPatience = 2 * time.Hour

// problemOf judges an answer that was not the one hoped for. Of its text only
// whether it speaks of a limit counts.
func problemOf(answer *http.Response, text []byte, now time.Time) *Problem {
	p := &Problem{Status: answer.StatusCode}
	h := answer.Header
	switch status := answer.StatusCode; {
	case status == http.StatusTooManyRequests, status == http.StatusForbidden && isLimit(h, text):
		p.Kind, p.After = Limited, waitFor(h, now)
	case status == http.StatusUnauthorized:
		p.Kind = Unauthorized
	case status == http.StatusForbidden && strings.HasPrefix(h.Get("X-GitHub-SSO"), "required"):
		p.Kind = SignOn
	case status == http.StatusForbidden:
		p.Kind = Forbidden
	case status == http.StatusNotFound:
		p.Kind = Missing
	case status == http.StatusMovedPermanently, status == http.StatusFound, status == http.StatusTemporaryRedirect, status == http.StatusPermanentRedirect:
		p.Kind, p.Location = Moved, h.Get("Location")
	case status == http.StatusGone:
		p.Kind = Gone
	case status == http.StatusBadRequest, status == http.StatusUnprocessableEntity:
		p.Kind = Invalid
	case status >= 500:
		p.Kind, p.Unknown = Failed, true
	default:
		p.Kind, p.Unknown = Strange, true
	}
	return p
}

func isLimit(h http.Header, text []byte) bool {
	return h.Get("Retry-After") != "" || h.Get("X-RateLimit-Remaining") == "0" || strings.Contains(strings.ToLower(string(text)), "rate limit")
}

// waitFor reads when to try again: after so many seconds or, where all calls of
// the hour are used, when the next begins.
func waitFor(h http.Header, now time.Time) time.Duration {
	wait := patience
	if seconds, err := strconv.ParseUint(h.Get("Retry-After"), 10, 31); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64); err == nil && h.Get("X-RateLimit-Remaining") == "0" {
		wait = time.Unix(at, 0).Sub(now)
	}
	return min(max(wait, time.Second), maxPatience)
}
