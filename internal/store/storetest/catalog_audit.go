package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// recorded returns the log, oldest first, after checking it whole.
func recorded(t *testing.T, c store.Catalog) []audit.Record {
	t.Helper()
	var records []audit.Record
	var report audit.Report
	err := c.ReadAudit(t.Context(), func(log audit.Source) (err error) {
		for r, err := range log.Records {
			if err != nil {
				return err
			}
			records = append(records, r)
		}
		report, err = audit.Verify(log, nil)
		return err
	})
	if err != nil {
		t.Fatalf("read the log: %v", err)
	}
	tree, err := c.AuditTree(t.Context())
	if err != nil || tree.Size != int64(len(records)) || tree.Size != report.Records || tree.Root != report.Root || len(report.Problems) > 0 {
		t.Fatalf("%d records, the tree is %v and the check says %+v (%v)", len(records), tree, report, err)
	}
	return records
}

func wantEntries(t *testing.T, c store.Catalog, want ...audit.Entry) {
	t.Helper()
	var got []audit.Entry
	for i, r := range recorded(t, c) {
		if r.Number != int64(i) || r.Actor != tester || time.Since(r.Time).Abs() > time.Hour {
			t.Errorf("record %d has number %d, actor %v and time %v", i, r.Number, r.Actor, r.Time)
		}
		got = append(got, r.Entry)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

// details makes details of names and values in turn.
func details(pairs ...string) map[string]string {
	made := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		made[pairs[i]] = pairs[i+1]
	}
	return made
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func everythingIsAudited(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p := project("p")
	created(t, c, p, key(p.ID, "secret01", store.SecretKey))
	changed := p
	changed.Content, changed.Tags = heed.ContentNone, []string{"other"}
	_, errKeep := c.KeepAuditKey(acting(t), store.AuditKey{Verifier: "heed/audit/x+1+k", Wrapped: []byte("w")})
	must(t,
		c.UpdateProject(acting(t), changed),
		c.CreateKey(acting(t), key(p.ID, "public01", store.PublishableKey)),
		c.RevokeKey(acting(t), p.ID, "secret01", birth),
		errKeep,
		c.CreateUser(acting(t), user("ada", store.Admin)),
		c.CreateUser(acting(t), user("grace", store.Analyst)),
		c.ChangeRole(acting(t), "usr_grace", store.PrivacyOfficer),
		c.PutEntry(acting(t), entry("grace", 1, time.Hour)),
		c.CreateSession(acting(t), session("grace", 2, time.Hour), [32]byte{}, birth),
		c.ChangePassword(acting(t), "usr_grace", "new", [32]byte{2}, [32]byte{3}),
		c.TouchSession(acting(t), [32]byte{3}, birth.Add(time.Minute), birth.Add(time.Hour)), // which is not written down
		c.DeleteSession(acting(t), [32]byte{3}),
		c.LinkIdentity(acting(t), store.Identity{Issuer: "https://id.example.com", Subject: "1", User: "usr_grace", LinkedAt: birth}),
		c.JoinByIdentity(acting(t), user("joan", store.Analyst), store.Identity{Issuer: "https://id.example.com", Subject: "2", User: "usr_joan", LinkedAt: birth}),
		c.DeleteUser(acting(t), "usr_grace"),
	)
	own := audit.Entry{Project: p.ID, Action: audit.ErasureDone, Object: "era_1", Details: details("feedback", "12")}
	r, err := c.AppendAudit(acting(t), own)
	if err != nil || r.Number != 17 {
		t.Errorf("appended as %d, %v", r.Number, err)
	}
	wantEntries(t, c,
		audit.Entry{Project: p.ID, Action: audit.ProjectCreated, Object: "prj_p", Details: details("content", "redacted")},
		audit.Entry{Project: p.ID, Action: audit.KeyCreated, Object: "secret01", Details: details("kind", "sk", "scope", "all")},
		audit.Entry{Action: audit.LogBegun, Object: "heed/audit/x+1+k"},
		audit.Entry{Project: p.ID, Action: audit.ProjectUpdated, Object: "prj_p", Details: details("changed", "content,tags", "content", "none", "before", "content:redacted", "after", "content:none")},
		audit.Entry{Project: p.ID, Action: audit.KeyCreated, Object: "public01", Details: details("kind", "pk")},
		audit.Entry{Project: p.ID, Action: audit.KeyRevoked, Object: "secret01", Details: details("kind", "sk")},
		audit.Entry{Action: audit.MemberAdded, Object: "usr_ada", Details: details("role", "admin")},
		audit.Entry{Action: audit.MemberAdded, Object: "usr_grace", Details: details("role", "analyst")},
		audit.Entry{Action: audit.MemberRoleChanged, Object: "usr_grace", Details: details("from", "analyst", "role", "privacy_officer")},
		audit.Entry{Action: audit.LinkMade, Object: "usr_grace"},
		audit.Entry{Action: audit.SignedIn, Object: "usr_grace", Details: details("by", "password", "session", "ses_2")},
		audit.Entry{Action: audit.PasswordChanged, Object: "usr_grace"},
		audit.Entry{Action: audit.SignedOut, Object: "usr_grace", Details: details("session", "ses_2")},
		audit.Entry{Action: audit.MemberLinked, Object: "usr_grace"},
		audit.Entry{Action: audit.MemberAdded, Object: "usr_joan", Details: details("role", "analyst")},
		audit.Entry{Action: audit.MemberLinked, Object: "usr_joan"},
		audit.Entry{Action: audit.MemberRemoved, Object: "usr_grace", Details: details("role", "privacy_officer")},
		own,
	)
}

// projectChanges: the log tells from what to what the protection of people was
// changed, and nothing that somebody wrote; what changes nothing is not in it.
func projectChanges(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p := project("p")
	created(t, c, p)
	for _, change := range []struct {
		make func(*heed.Project)
		want map[string]string // nil: no record
	}{
		{func(*heed.Project) {}, nil},
		{func(p *heed.Project) { p.Forms, p.Patterns, p.Inbox.Causes = nil, nil, nil }, nil},
		{func(p *heed.Project) { p.Privacy.SmallestGroup = 1 }, details("changed", "privacy", "before", "smallest_group:5", "after", "smallest_group:1")},
		{func(p *heed.Project) { p.Privacy.SmallestGroup = 1 }, nil},
		{
			func(p *heed.Project) { p.Privacy.RetentionDays.Feedback, p.Privacy.RetentionDays.Audit = 30, 200 },
			details("changed", "privacy", "days_before", "feedback:396,audit:396", "days_after", "feedback:30,audit:200"),
		},
		{
			func(p *heed.Project) {
				p.AttachmentDays, p.Privacy.Recognizer, p.Privacy.Pseudonyms = 30, "presidio", heed.PseudonymsStable
				p.Patterns = []heed.RedactPattern{{Name: "CUSTOMER", Pattern: "KD-[0-9]{8}"}}
			},
			details("changed", "attachment_days,redact_patterns,privacy",
				"before", "attachment_days:0,redact_patterns:0,recognizer:,pseudonyms:epoch",
				"after", "attachment_days:30,redact_patterns:1,recognizer:presidio,pseudonyms:stable"),
		},
		{func(p *heed.Project) { p.Privacy.Controller, p.Privacy.Contact = "Ada", "ada@example.com" }, details("changed", "privacy,controller,contact")},
	} {
		before := len(recorded(t, c))
		change.make(&p)
		must(t, c.UpdateProject(acting(t), p))
		var got []map[string]string
		for _, r := range recorded(t, c)[before:] {
			delete(r.Details, "content")
			got = append(got, r.Details)
		}
		var want []map[string]string
		if change.want != nil {
			want = append(want, change.want)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("details (-want +got):\n%s", diff)
		}
	}
}

// nobodyActs: without somebody who acts nothing is done, and nothing written.
func nobodyActs(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p, nobody := project("p"), t.Context()
	created(t, c, p, key(p.ID, "secret01", store.SecretKey))
	withUsers(t, c, "ada")
	must(t, c.CreateSession(acting(t), session("ada", 1, time.Hour), [32]byte{}, birth))
	before := recorded(t, c)
	renamed := p
	renamed.Name = "renamed"
	_, errAppend := c.AppendAudit(nobody, audit.Entry{Action: audit.Exported})
	_, errPublish := c.Publish(nobody, published(p, "pub_1", 0))
	_, errKeep := c.KeepAuditKey(nobody, store.AuditKey{Verifier: "v", Wrapped: []byte("w")})
	for call, err := range map[string]error{
		"CreateProject": c.CreateProject(nobody, project("q"), nil), "UpdateProject": c.UpdateProject(nobody, renamed),
		"CreateKey": c.CreateKey(nobody, key(p.ID, "secret02", store.SecretKey)), "RevokeKey": c.RevokeKey(nobody, p.ID, "secret01", birth),
		"CreateUser": c.CreateUser(nobody, user("grace", store.Admin)), "ChangeRole": c.ChangeRole(nobody, "usr_ada", store.Admin),
		"ChangePassword": c.ChangePassword(nobody, "usr_ada", "new", [32]byte{}, [32]byte{}), "DeleteUser": c.DeleteUser(nobody, "usr_ada"),
		"CreateSession": c.CreateSession(nobody, session("ada", 2, time.Hour), [32]byte{}, birth), "DeleteSession": c.DeleteSession(nobody, [32]byte{1}),
		"PutEntry": c.PutEntry(nobody, entry("ada", 3, time.Hour)), "AppendAudit": errAppend, "KeepAuditKey": errKeep,
		"Publish":        errPublish,
		"LinkIdentity":   c.LinkIdentity(nobody, store.Identity{Issuer: "i", Subject: "1", User: "usr_ada", LinkedAt: birth}),
		"JoinByIdentity": c.JoinByIdentity(nobody, user("joan", store.Analyst), store.Identity{Issuer: "i", Subject: "2", User: "usr_joan", LinkedAt: birth}),
	} {
		wantCode(t, call, heed.Internal, err)
	}
	wantProject(t, c, p)
	wantKey(t, c, key(p.ID, "secret01", store.SecretKey))
	if _, u, err := c.SessionUser(acting(t), [32]byte{1}, birth); err != nil || u != user("ada", store.Reviewer) {
		t.Errorf("the session is of %+v, %v", u, err)
	}
	if diff := cmp.Diff(before, recorded(t, c)); diff != "" {
		t.Errorf("records (-before +after):\n%s", diff)
	}
}

func nothingToWriteDown(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p := project("p")
	created(t, c, p, key(p.ID, "secret01", store.SecretKey))
	withUsers(t, c, "ada")
	must(t, c.RevokeKey(acting(t), p.ID, "secret01", birth))
	first, err := c.KeepAuditKey(acting(t), store.AuditKey{Verifier: "v", Wrapped: []byte("w")})
	must(t, err)
	before := recorded(t, c)
	again, err := c.KeepAuditKey(acting(t), store.AuditKey{Verifier: "another", Wrapped: []byte("x")})
	if diff := cmp.Diff(first, again); diff != "" || err != nil {
		t.Errorf("a second key (-want +got):\n%s (%v)", diff, err)
	}
	must(t,
		c.RevokeKey(acting(t), p.ID, "secret01", birth),
		c.ChangeRole(acting(t), "usr_ada", store.Reviewer),
		c.DeleteSession(acting(t), [32]byte{9}),
	)
	wantCode(t, "a taken name", heed.Conflict, c.CreateProject(acting(t), p, nil))
	wantCode(t, "a taken key", heed.Conflict, c.CreateProject(acting(t), project("q"), []store.Key{key("prj_q", "secret02", store.SecretKey), key("prj_q", "secret01", store.SecretKey)}))
	wantCode(t, "a taken user", heed.Conflict, c.CreateUser(acting(t), user("ada", store.Admin)))
	wantCode(t, "no such key", heed.NotFound, c.RevokeKey(acting(t), p.ID, "nowhere1", birth))
	wantCode(t, "no such user", heed.NotFound, c.DeleteUser(acting(t), "usr_none"))
	if diff := cmp.Diff(before, recorded(t, c)); diff != "" {
		t.Errorf("records (-before +after):\n%s", diff)
	}
}

func listedRecords(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	others := audit.By(t.Context(), audit.Actor{Kind: audit.Key, ID: "secret01"})
	for i := range 12 {
		ctx := acting(t)
		if i%3 == 0 {
			ctx = others
		}
		e := audit.Entry{Project: heed.ProjectID(fmt.Sprint("prj_", i%2)), Action: audit.Exported}
		if i >= 10 {
			e.Action = audit.ErasureRequested
		}
		_, err := c.AppendAudit(ctx, e)
		must(t, err)
	}
	for _, test := range []struct {
		q    store.AuditQuery
		want []int64
	}{
		{store.AuditQuery{Limit: 3}, []int64{11, 10, 9}},
		{store.AuditQuery{Limit: 3, Before: 9}, []int64{8, 7, 6}},
		{store.AuditQuery{Limit: 3, Before: 1}, []int64{0}},
		{store.AuditQuery{Limit: 100, Action: audit.ErasureRequested}, []int64{11, 10}},
		{store.AuditQuery{Limit: 100, Actor: "secret01"}, []int64{9, 6, 3, 0}},
		{store.AuditQuery{Limit: 2, Actor: "secret01", Project: "prj_1"}, []int64{9, 3}},
		{store.AuditQuery{Limit: 100, Project: "prj_none"}, nil},
	} {
		records, err := c.ListAudit(t.Context(), test.q)
		var got []int64
		for _, r := range records {
			got = append(got, r.Number)
		}
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%+v (-want +got):\n%s (%v)", test.q, diff, err)
		}
	}
}

func noEntry(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	many := map[string]string{}
	for i := range 9 {
		many[fmt.Sprint("n", i)] = "1"
	}
	for name, e := range map[string]audit.Entry{
		"an action that is none": {Action: "project.burnt"}, "a sentence": {Action: audit.Exported, Details: details("why", "they asked")},
		"a line": {Action: audit.Exported, Object: "a\nb"}, "a long id": {Action: audit.Exported, Object: strings.Repeat("x", 257)},
		"no UTF-8": {Action: audit.Exported, Object: "\xff"}, "many details": {Action: audit.Exported, Details: many},
	} {
		_, err := c.AppendAudit(acting(t), e)
		wantCode(t, name, heed.Internal, err)
	}
	_, err := c.AppendAudit(audit.By(t.Context(), audit.Actor{Kind: "somebody"}), audit.Entry{Action: audit.Exported})
	wantCode(t, "an actor that is none", heed.Internal, err)
	wantEntries(t, c)
}

func auditKeyOnce(t *testing.T, open func() store.Catalog) {
	handles := []store.Catalog{opened(t, open), opened(t, open)}
	_, err := handles[0].AuditKey(t.Context())
	wantCode(t, "a key before there is one", heed.NotFound, err)
	kept := make([]store.AuditKey, writers)
	must(t, together(func(i int) (err error) {
		mine := store.AuditKey{Verifier: fmt.Sprint("verifier ", i), Wrapped: []byte{byte(i)}}
		kept[i], err = handles[i%2].KeepAuditKey(acting(t), mine)
		return err
	})...)
	there, err := handles[1].AuditKey(t.Context())
	must(t, err)
	for i := range kept {
		if diff := cmp.Diff(there, kept[i]); diff != "" {
			t.Errorf("who came %d got another key (-there +theirs):\n%s", i, diff)
		}
	}
	wantEntries(t, handles[0], audit.Entry{Action: audit.LogBegun, Object: there.Verifier})
}

func concurrentRecords(t *testing.T, open func() store.Catalog) {
	handles := []store.Catalog{opened(t, open), opened(t, open)}
	ctx := acting(t)
	must(t, together(func(i int) error {
		for range 20 {
			if _, err := handles[i%2].AppendAudit(ctx, audit.Entry{Action: audit.Exported, Object: fmt.Sprint(i)}); err != nil {
				return err
			}
		}
		return nil
	})...)
	if n := len(recorded(t, handles[0])); n != writers*20 {
		t.Errorf("%d records, want %d", n, writers*20)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	_, err := handles[0].AppendAudit(ended, audit.Entry{Action: audit.Exported})
	wantCode(t, "an ended context", heed.Unavailable, err)
}
