package access

import (
	"context"
	"strconv"

	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// refusedTry is why somebody could not sign in.
type refusedTry struct {
	member string // id; empty where it is nobody's, or not known whose
	by     store.Method
	reason string // a word out of few; empty: what was shown is wrong
}

// refusedSignIns writes down that somebody could not sign in: of which member, if
// it was one's name, and never what was typed, which may be a password in the
// wrong place. Members are few, and so are ways and reasons. Safe for concurrent
// use.
type refusedSignIns struct {
	log     Members
	sparing *sparing[refusedTry]
}

func newRefusedSignIns(log Members) (*refusedSignIns, error) {
	sparing, err := newSparing[refusedTry]()
	return &refusedSignIns{log, sparing}, err
}

// note writes a refusal down: of each member, and of everybody else together, as
// many an hour as sparing lets through.
func (r *refusedSignIns) note(ctx context.Context, why refusedTry) error {
	times := r.sparing.count(why, "refused sign-in of "+why.member)
	if times == 0 {
		return nil
	}
	details := map[string]string{"times": strconv.Itoa(times), "by": string(why.by)}
	if why.reason != "" {
		details["reason"] = why.reason
	}
	_, err := r.log.AppendAudit(audit.By(ctx, audit.Actor{Kind: audit.Nobody}), audit.Entry{Action: audit.SignInRefused, Object: why.member, Details: details})
	return err
}
