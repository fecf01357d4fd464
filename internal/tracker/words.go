package tracker

import (
	"errors"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/github"
)

func isKind(err error, kind github.Kind) bool {
	p, ok := errors.AsType[*github.Problem](err)
	return ok && p.Kind == kind
}

// isUnknown reports whether what was asked may have been done all the same.
func isUnknown(err error) bool {
	p, ok := errors.AsType[*github.Problem](err)
	return !ok || p.Unknown
}

// notMissing is the error of a call about issues in a repository that the token has
// just been shown: where GitHub says then that it is not there, the token may not.
func notMissing(err error) error {
	if p, ok := errors.AsType[*github.Problem](err); ok && p.Kind == github.Missing {
		return &github.Problem{Kind: github.Forbidden, Status: p.Status}
	}
	return err
}

// inWords says why GitHub did not do something that is connected already, and what
// helps. It is never Unauthenticated, which would be about whoever asked Heed.
func inWords(err error) error {
	p, ok := errors.AsType[*github.Problem](err)
	if !ok {
		return err
	}
	const mend = ": paste another one in Settings, Integrations"
	switch p.Kind {
	case github.Unauthorized:
		return heed.Wrap(heed.Conflict, err, "GitHub does not take the token any more, which was revoked or has ended"+mend)
	case github.Forbidden:
		return heed.Wrap(heed.Conflict, err, "the token may not do this in the repository, where it needs Issues: Read and write. Give it that at GitHub, or paste another one in Settings, Integrations")
	case github.SignOn:
		return heed.Wrap(heed.Conflict, err, "the organisation at GitHub wants the token authorised for its single sign-on: do that at GitHub, then try again")
	case github.Missing:
		return heed.Wrap(heed.Conflict, err, "GitHub shows the repository to this token no more: it was deleted, or the token was not given access to it")
	case github.Moved:
		return heed.Wrap(heed.Conflict, err, "the repository moved: give its present name in Settings, Integrations")
	case github.Gone:
		return heed.Wrap(heed.Conflict, err, "the repository has its issues switched off: switch them on in its settings at GitHub")
	case github.Invalid:
		return heed.Wrap(heed.Conflict, err, "GitHub refuses what it was asked: see that the labels in Settings, Integrations are such as the repository has")
	case github.TooMany:
		return heed.Wrap(heed.Conflict, err, "GitHub was asked for the issue and its answer was lost, and so much was opened since that Heed cannot find whether it was made: look for the finding's title there, and link what you find as its change")
	}
	return inTime(p)
}

// inTime says what passes by itself.
func inTime(p *github.Problem) error {
	switch p.Kind {
	case github.Limited:
		return &heed.Error{
			Code: heed.RateLimited, RetryAfter: p.After, Err: p,
			Message: "GitHub takes no more calls with this token just now: try again after " + time.Now().Add(p.After).UTC().Format("15:04:05 MST"),
		}
	case github.Private:
		return heed.Wrap(heed.Conflict, p, "GitHub's address is private, on this machine or network: the server's setting outbound.allow_private says whether it may be")
	case github.Strange:
		return heed.Wrap(heed.Unavailable, p, "what answers at the API's address does not answer as GitHub does: see in Settings, Integrations that it is right")
	}
	return &heed.Error{Code: heed.Unavailable, Message: "GitHub does not answer: try again in a moment", RetryAfter: 30 * time.Second, Err: p}
}

// unsettled says that an issue may have been made.
func unsettled(wait time.Duration) error {
	return &heed.Error{
		Code: heed.Unavailable, RetryAfter: wait,
		Message: "GitHub was asked for the issue and did not say what came of it: try again in half a minute, and Heed looks for it first",
	}
}

// firstOf is the first error, which says more to whoever asked than what failed
// after it; the other is behind it for the log.
func firstOf(said, after error) error {
	if after == nil {
		return said
	}
	return errors.Join(said, after)
}
