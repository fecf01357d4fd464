package access

import (
	"context"
	"strconv"
	"strings"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
)

// RevealRefusal is why somebody may not read what a person attached.
type RevealRefusal string

const (
	RefusedRole   RevealRefusal = "role"   // theirs may not, or a key asked, which none may
	RefusedReason RevealRefusal = "reason" // they gave none, or none that says something
	RefusedCap    RevealRefusal = "cap"    // they asked as often in a day as anybody may
	RefusedGrant  RevealRefusal = "grant"  // they did not ask before, or their time is over
)

// refusedReveal is a kind of refusal. Which attachment it was is no part of it: who
// asks can name as many as they like.
type refusedReveal struct {
	actor   audit.Actor
	project heed.ProjectID
	why     RevealRefusal
}

// refusedReveals writes down that somebody was refused what a person attached: who,
// which attachment, and why. Members and keys are few, and so are projects and
// reasons. Safe for concurrent use.
type refusedReveals struct {
	log     Members
	sparing *sparing[refusedReveal]
}

func newRefusedReveals(log Members) (*refusedReveals, error) {
	sparing, err := newSparing[refusedReveal]()
	return &refusedReveals{log, sparing}, err
}

// RevealRefused writes down that a member or a secret key was refused an attachment,
// one by one as often in an hour as sparing lets through of each. The attachment of a
// record that tells of several is the last of them. People who give feedback are not
// in the log.
func (d *Door) RevealRefused(ctx context.Context, who Principal, attachment string, why RevealRefusal) error {
	if who.Member == nil && who.Trust != heed.TrustServer {
		return nil
	}
	r, actor := d.accounts.reveals, who.Actor()
	times := r.sparing.count(refusedReveal{actor, who.Project, why}, "refused reveal of "+string(actor.Kind)+" "+actor.ID)
	if times == 0 {
		return nil
	}
	_, err := r.log.AppendAudit(audit.By(context.WithoutCancel(ctx), actor), audit.Entry{
		Project: who.Project, Action: audit.RevealRefused, Object: attachmentNamed(attachment),
		Details: map[string]string{"reason": string(why), "times": strconv.Itoa(times)},
	})
	return err
}

// attachmentNamed is an id as attachments have one, and nothing for any other text:
// what somebody writes into an address is not for the log.
func attachmentNamed(id string) string {
	drawn, ok := strings.CutPrefix(id, "att_")
	if !ok || len(drawn) != 26 || strings.Trim(drawn, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" {
		return ""
	}
	return id
}
