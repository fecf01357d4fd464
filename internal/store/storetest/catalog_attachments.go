package storetest

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// attached is an attachment of its own to a feedback, which an application gave.
func attached(p heed.Project, feedback heed.FeedbackID, n int) heed.Attachment {
	return heed.Attachment{
		ID: "att_" + string(feedback) + strconv.Itoa(n), Project: p.ID, Feedback: feedback, Owner: heed.OwnedByApplication,
		Scope: heed.ScopeAnswer, Bytes: 4096, Consent: heed.Consent{Version: "1", Hash: "h", Time: birth},
		CreatedAt: birth, ExpiresAt: birth.AddDate(0, 0, 1),
	}
}

func attachmentBounds(t *testing.T, open func() store.Catalog) {
	catalog, ctx := opened(t, open), acting(t)
	p, other := project("p"), project("q")
	for _, p := range []heed.Project{p, other} {
		if err := catalog.CreateProject(ctx, p, nil); err != nil {
			t.Fatal(err)
		}
	}
	keep := func(a heed.Attachment) heed.Code {
		return heed.CodeOf(catalog.CreateAttachment(ctx, a, []byte("sealed")))
	}
	var kept atomic.Int64
	var all sync.WaitGroup
	for n := range 3 * heed.AttachmentsPerFeedback {
		all.Go(func() {
			switch code := keep(attached(p, "fb_1", n)); code {
			case "":
				kept.Add(1)
			case heed.Forbidden:
			default:
				t.Errorf("one of many: %q", code)
			}
		})
	}
	all.Wait()
	if got := kept.Load(); got != heed.AttachmentsPerFeedback {
		t.Errorf("%d were kept of one feedback, want %d", got, heed.AttachmentsPerFeedback)
	}
	list, err := catalog.AttachmentsOf(ctx, p.ID, "fb_1")
	if err != nil {
		t.Fatal(err)
	}
	if err := catalog.EndAttachment(ctx, p.ID, list[0].ID, birth, heed.FateWithdrawn); err != nil {
		t.Fatal(err)
	}
	if code := keep(attached(p, "fb_1", 99)); code != heed.Forbidden {
		t.Errorf("one more after one was withdrawn: %q", code)
	}

	page := attached(p, "fb_2", 1)
	page.Owner, page.Bytes = "", heed.AttachmentBytesPerProject/2
	if code := keep(page); code != heed.Unavailable {
		t.Errorf("a page that would fill more than half: %q", code)
	}
	large := attached(p, "fb_2", 2)
	large.Bytes = heed.AttachmentBytesPerProject - 12*4096
	if code := keep(large); code != "" {
		t.Errorf("an application that fills all but a little: %q", code)
	}
	for n, want := range []heed.Code{"", "", "", heed.Unavailable} { // nine of fb_1 are live
		if code := keep(attached(p, "fb_3", n)); code != want {
			t.Errorf("what is left, %d: %q, want %q", n, code, want)
		}
	}
	if code := keep(attached(other, "fb_3", 1000)); code != "" {
		t.Errorf("another project: %q", code)
	}
	if err := catalog.EndAttachment(ctx, p.ID, large.ID, birth, heed.FateExpired); err != nil {
		t.Fatal(err)
	}
	if code := keep(attached(p, "fb_3", 9)); code != "" {
		t.Errorf("after a large one has ended: %q", code)
	}
}

// attachmentsOfErased: what was on its way when its person asked to be erased is
// not kept, and what was ended with them names them no more.
func attachmentsOfErased(t *testing.T, open func() store.Catalog) {
	catalog, ctx := opened(t, open), acting(t)
	p := project("p")
	if err := catalog.CreateProject(ctx, p, nil); err != nil {
		t.Fatal(err)
	}
	ada, bob := heed.Respondent{1}, heed.Respondent{2}
	of := func(person heed.Respondent, n int, at time.Time) heed.Attachment {
		a := attached(p, heed.FeedbackID("fb_"+strconv.Itoa(int(person[0]))), n)
		a.Respondent, a.CreatedAt, a.Owner = person, at, "token"
		return a
	}
	first, others := of(ada, 1, birth), of(bob, 1, birth)
	for _, a := range []heed.Attachment{first, others} {
		if err := catalog.CreateAttachment(ctx, a, []byte("sealed")); err != nil {
			t.Fatal(err)
		}
	}
	for _, a := range []heed.Attachment{first, others} {
		if err := catalog.CreateReveal(ctx, revealOf(a, "rev_"+a.ID, birth)); err != nil {
			t.Fatal(err)
		}
	}
	demand := heed.Erasure{ID: "era_1", Project: p.ID, Respondents: []heed.Respondent{{9}, ada}, RequestedAt: birth.Add(time.Second)}
	if err := catalog.CreateErasure(ctx, demand); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "what was on its way", heed.NotFound, catalog.CreateAttachment(ctx, of(ada, 2, birth), []byte("sealed")))
	later := of(ada, 3, birth.Add(2*time.Second))
	if err := catalog.CreateAttachment(ctx, later, []byte("sealed")); err != nil {
		t.Errorf("what the person attached after the demand: %v", err)
	}
	if err := catalog.EndAttachment(ctx, p.ID, first.ID, birth, heed.FateErased); err != nil {
		t.Fatal(err)
	}
	demand.DoneAt, demand.Receipt = birth.Add(time.Minute), []byte("{}")
	if err := catalog.FinishErasure(ctx, demand); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		of    heed.Attachment
		names bool
	}{{first, false}, {others, true}, {later, true}} {
		got, _, err := catalog.Attachment(ctx, p.ID, c.of.ID)
		names := got.Respondent == c.of.Respondent && got.Owner == c.of.Owner && got.Feedback == c.of.Feedback
		none := got.Respondent.IsZero() && got.Owner == heed.OwnedByApplication && got.Feedback == ""
		if err != nil || names != c.names || none == c.names {
			t.Errorf("%s names its person: %v, want %v (%v)", c.of.ID, names, c.names, err)
		}
	}
	for of, told := range map[string]bool{first.ID: false, others.ID: true} {
		if r, err := catalog.Reveal(ctx, p.ID, "rev_"+of); err != nil || (r.Reason != "") != told {
			t.Errorf("why %s was read is told as %q, %v", of, r.Reason, err)
		}
	}
}

func revealBounds(t *testing.T, open func() store.Catalog) {
	catalog, ctx := opened(t, open), acting(t)
	p := project("p")
	if err := catalog.CreateProject(ctx, p, nil); err != nil {
		t.Fatal(err)
	}
	a := attached(p, "fb_1", 1)
	if err := catalog.CreateAttachment(ctx, a, []byte("sealed")); err != nil {
		t.Fatal(err)
	}
	var given, refused atomic.Int64
	var all sync.WaitGroup
	for n := range 2 * heed.RevealsPerDay {
		all.Go(func() {
			err := catalog.CreateReveal(ctx, heed.Reveal{
				ID: "rev_" + strconv.Itoa(n), Project: p.ID, Attachment: a.ID, Member: "usr_1", Reason: "why", CreatedAt: birth,
				ExpiresAt: birth.Add(heed.RevealLifetime),
			})
			switch heed.CodeOf(err) {
			case "":
				given.Add(1)
			case heed.RateLimited:
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if given.Load() != heed.RevealsPerDay || refused.Load() != heed.RevealsPerDay {
		t.Errorf("%d were given and %d refused", given.Load(), refused.Load())
	}
	if _, err := catalog.LiveReveal(context.WithoutCancel(ctx), p.ID, a.ID, "usr_2", birth); heed.CodeOf(err) != heed.NotFound {
		t.Errorf("another member: %v", err)
	}

	// Who may not yet is told after how long they may, and may then.
	ask := func(n int, at time.Time) error {
		return catalog.CreateReveal(ctx, heed.Reveal{
			ID: "rev_again_" + strconv.Itoa(n), Project: p.ID, Attachment: a.ID, Member: "usr_3", Reason: "why", CreatedAt: at, ExpiresAt: at.Add(heed.RevealLifetime),
		})
	}
	for n := range heed.RevealsPerDay {
		must(t, ask(n, birth.Add(time.Duration(n)*time.Minute)))
	}
	tooSoon := ask(100, birth.Add(23*time.Hour))
	if e, ok := errors.AsType[*heed.Error](tooSoon); !ok || e.Code != heed.RateLimited || e.RetryAfter != time.Hour {
		t.Errorf("an hour before the first is a day old: %+v", tooSoon)
	}
	must(t, ask(101, birth.Add(24*time.Hour)))
	next := ask(102, birth.Add(24*time.Hour))
	if e, ok := errors.AsType[*heed.Error](next); !ok || e.RetryAfter != time.Minute {
		t.Errorf("a minute before the next is a day old: %+v", next)
	}
}

// revealReasons: why somebody read an attachment can be looked up after their right
// is over, until its record in the audit log has expired.
func revealReasons(t *testing.T, open func() store.Catalog) {
	catalog, ctx := opened(t, open), acting(t)
	p, other := project("p"), project("q")
	for _, p := range []heed.Project{p, other} {
		if err := catalog.CreateProject(ctx, p, nil); err != nil {
			t.Fatal(err)
		}
	}
	a := attached(p, "fb_1", 1)
	if err := catalog.CreateAttachment(ctx, a, []byte("sealed")); err != nil {
		t.Fatal(err)
	}
	now := heed.Instant(time.Now())
	old, young := revealOf(a, "rev_old", now.AddDate(-1, 0, 0)), revealOf(a, "rev_young", now)
	for _, r := range []heed.Reveal{old, young} {
		if err := catalog.CreateReveal(ctx, r); err != nil {
			t.Fatal(err)
		}
		got, err := catalog.Reveal(ctx, p.ID, r.ID)
		if diff := cmp.Diff(r, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
	elsewhere := attached(other, "fb_2", 1)
	if err := catalog.CreateAttachment(ctx, elsewhere, []byte("sealed")); err != nil {
		t.Fatal(err)
	}
	if err := catalog.CreateReveal(ctx, revealOf(elsewhere, "rev_other", now.Add(time.Minute))); err != nil {
		t.Fatal(err)
	}
	_, err := catalog.LiveReveal(ctx, p.ID, a.ID, "usr_1", now.Add(2*time.Minute))
	wantCode(t, "to read two at a time, in two projects", heed.NotFound, err)
	_, err = catalog.Reveal(ctx, other.ID, young.ID)
	wantCode(t, "from another project", heed.NotFound, err)
	if n, err := catalog.ExpireAudit(ctx, now.Add(-time.Hour), 100); err != nil || n != 0 {
		t.Fatalf("%d records expired, %v", n, err)
	}
	_, err = catalog.Reveal(ctx, p.ID, old.ID)
	wantCode(t, "that has expired", heed.NotFound, err)
	if _, err := catalog.Reveal(ctx, p.ID, young.ID); err != nil {
		t.Errorf("that has not: %v", err)
	}
}

// revealOf is a right to read an attachment.
func revealOf(a heed.Attachment, id string, at time.Time) heed.Reveal {
	return heed.Reveal{
		ID: id, Project: a.Project, Attachment: a.ID, Member: "usr_1", Reason: "which shop was meant?", CreatedAt: at, ExpiresAt: at.Add(heed.RevealLifetime),
	}
}

// attachmentKeys: a project keeps what is sealed for which key, a change of it is on
// record, and the keys that are still needed are told.
func attachmentKeys(t *testing.T, open func() store.Catalog) {
	catalog, ctx := opened(t, open), acting(t)
	p, other := project("p"), project("q")
	for _, p := range []heed.Project{p, other} {
		if err := catalog.CreateProject(ctx, p, nil); err != nil {
			t.Fatal(err)
		}
	}
	keep := func(p heed.Project, n int, key string, days int) heed.Attachment {
		a := attached(p, "fb_1", n)
		a.ID, a.KeyID, a.ExpiresAt = string(p.ID)+a.ID, key, birth.AddDate(0, 0, days)
		if err := catalog.CreateAttachment(ctx, a, []byte("sealed")); err != nil {
			t.Fatal(err)
		}
		return a
	}
	first := keep(p, 1, "", 1)
	keep(p, 2, "ck_1", 7)
	keep(p, 3, "ck_1", 30)
	keep(other, 4, "ck_2", 90)
	uses := func(want ...heed.AttachmentKeyUse) {
		t.Helper()
		got, err := catalog.AttachmentKeys(ctx, p.ID)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
	mine := heed.AttachmentKeyUse{KeyID: "ck_1", Attachments: 2, Until: birth.AddDate(0, 0, 30)}
	uses(mine, heed.AttachmentKeyUse{Attachments: 1, Until: birth.AddDate(0, 0, 1)})
	if err := catalog.EndAttachment(ctx, p.ID, first.ID, birth, heed.FateWithdrawn); err != nil {
		t.Fatal(err)
	}
	uses(mine)

	p.UseAttachmentKey("heed_attach_public_x", birth)
	if err := catalog.UpdateProject(ctx, p); err != nil {
		t.Fatal(err)
	}
	got, err := catalog.Project(ctx, p.ID)
	if err != nil || got.AttachmentKey != p.AttachmentKey || !got.AttachmentKeySince.Equal(birth) {
		t.Errorf("the project has %q since %v, %v", got.AttachmentKey, got.AttachmentKeySince, err)
	}
	p.Name = "renamed"
	if err := catalog.UpdateProject(ctx, p); err != nil {
		t.Fatal(err)
	}
	changes, err := catalog.ListAudit(ctx, store.AuditQuery{Action: audit.AttachmentKeyChanged, Limit: 10})
	if err != nil || len(changes) != 1 || changes[0].Project != p.ID {
		t.Errorf("changes of the key on record: %+v, %v", changes, err)
	}
}
