package access_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// Who could not sign in is written down without what they typed, and however
// many they are, no record is lost count of and the log does not grow with them.
func TestRefusedSignIns(t *testing.T) {
	accounts, catalog := newAccounts(t)
	ada, err := accounts.Add(acting(t), "ada", store.Analyst)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := accounts.SignIn(t.Context(), "ada", "a wrong password", access.Arrival{}); err == nil {
		t.Error("signed in with a wrong password")
	}
	if _, _, err := accounts.SignIn(t.Context(), "hunter2hunter2", password, access.Arrival{}); err == nil {
		t.Error("signed in as nobody")
	}
	const codes = 100
	for range codes {
		if _, _, err := accounts.Enter(t.Context(), "no code", access.Arrival{}); err == nil {
			t.Error("entered without a code")
		}
	}
	records, err := catalog.ListAudit(t.Context(), store.AuditQuery{Action: audit.SignInRefused, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	ofAda := 0
	for _, r := range records {
		if r.Actor != (audit.Actor{Kind: audit.Nobody}) || r.Details["times"] != "1" || r.Object != "" && r.Object != ada.ID {
			t.Errorf("record %+v", r)
		}
		if r.Object == ada.ID {
			ofAda++
		}
	}
	if len(records) != 61 || ofAda != 1 {
		t.Errorf("%d records, %d of ada, want 60 of nobody and one of her", len(records), ofAda)
	}
}

// What was not written down one by one is told by the next that is.
func TestRefusedSignInsAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &refusals{}
		accounts, err := access.NewAccounts(log)
		if err != nil {
			t.Fatal(err)
		}
		const codes = 200
		for range codes {
			_, _, _ = accounts.Enter(t.Context(), "no code", access.Arrival{})
		}
		if len(log.times) != 60 {
			t.Errorf("%d records in a moment", len(log.times))
		}
		time.Sleep(time.Hour)
		_, _, _ = accounts.Enter(t.Context(), "no code", access.Arrival{})
		total := 0
		for _, times := range log.times {
			total += times
		}
		if total != codes+1 {
			t.Errorf("%d refusals are told, want %d", total, codes+1)
		}
	})
}
