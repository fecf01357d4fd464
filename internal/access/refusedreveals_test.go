package access_test

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// TestRefusedReveals: who was refused an attachment is written down with why, and not
// what they wrote in place of its id.
func TestRefusedReveals(t *testing.T) {
	accounts, catalog := newAccounts(t)
	door, err := access.NewDoor(nil, accounts, access.Limits{SecretPerSecond: 1, PublicPerSecond: 1, TokenPerSecond: 1, AddressPerSecond: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	const attachment = "att_ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	carl := access.Principal{Project: "prj_1", KeyID: "usr_carl", Member: &access.Member{ID: "usr_carl", Name: "carl", Role: store.Analyst}}
	key := access.Principal{Project: "prj_1", KeyID: "secret01", Trust: heed.TrustServer}
	page := access.Principal{Project: "prj_1", KeyID: "public01", Trust: heed.TrustPublic}
	for _, c := range []struct {
		who        access.Principal
		attachment string
		why        access.RevealRefusal
		want       audit.Entry // none where it is empty
	}{
		{carl, attachment, access.RefusedRole, audit.Entry{Project: "prj_1", Action: audit.RevealRefused, Object: attachment, Details: map[string]string{"reason": "role", "times": "1"}}},
		{carl, "ada lives in Lyon", access.RefusedReason, audit.Entry{Project: "prj_1", Action: audit.RevealRefused, Details: map[string]string{"reason": "reason", "times": "1"}}},
		{key, attachment, access.RefusedRole, audit.Entry{Project: "prj_1", Action: audit.RevealRefused, Object: attachment, Details: map[string]string{"reason": "role", "times": "1"}}},
		{page, attachment, access.RefusedRole, audit.Entry{}},
	} {
		before := refusedReveals(t, catalog)
		if err := door.RevealRefused(t.Context(), c.who, c.attachment, c.why); err != nil {
			t.Fatal(err)
		}
		all := refusedReveals(t, catalog)
		if c.want.Action == "" {
			if len(all) != len(before) {
				t.Errorf("a page is in the log: %+v", all[0])
			}
			continue
		}
		got := all[0]
		if len(all) != len(before)+1 || got.Actor != c.who.Actor() || got.Object != c.want.Object || got.Project != c.want.Project ||
			got.Details["reason"] != c.want.Details["reason"] || got.Details["times"] != c.want.Details["times"] {
			t.Errorf("%s of %q: %+v", c.why, c.attachment, got)
		}
	}
}

// refusedReveals lists what is in the log of them, the latest first.
func refusedReveals(t *testing.T, catalog store.Catalog) []audit.Record {
	t.Helper()
	all, err := catalog.ListAudit(t.Context(), store.AuditQuery{Action: audit.RevealRefused, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Who is refused over and over fills no log: what is not written down one by one is
// told by the next that is, whatever the attachments.
func TestRefusedRevealsAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &refusals{}
		accounts, err := access.NewAccounts(log)
		if err != nil {
			t.Fatal(err)
		}
		door, err := access.NewDoor(nil, accounts, access.Limits{SecretPerSecond: 1, PublicPerSecond: 1, TokenPerSecond: 1, AddressPerSecond: 1}, nil)
		if err != nil {
			t.Fatal(err)
		}
		ask := func(name string, n int) {
			for i := range n {
				who := access.Principal{Project: "prj_1", KeyID: name, Member: &access.Member{ID: name, Role: store.Analyst}}
				if err := door.RevealRefused(t.Context(), who, "att_"+strconv.Itoa(i), access.RefusedRole); err != nil {
					t.Fatal(err)
				}
			}
		}
		const flood = 500
		ask("usr_carl", flood)
		if len(log.times) != 60 {
			t.Errorf("%d records in a moment", len(log.times))
		}
		ask("usr_dora", 1)
		if len(log.times) != 61 {
			t.Error("another member is kept out of the log")
		}
		time.Sleep(time.Hour)
		ask("usr_carl", 1)
		total := 0
		for _, times := range log.times {
			total += times
		}
		if total != flood+2 {
			t.Errorf("%d refusals are told, want %d", total, flood+2)
		}
	})
}
