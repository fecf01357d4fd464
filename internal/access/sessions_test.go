package access_test

import (
	"crypto/sha256"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// members is a team of which each is signed in once.
func members(t *testing.T, accounts *access.Accounts, roles ...store.Role) (team []access.Member, tokens []string) {
	t.Helper()
	for _, role := range roles {
		u, err := accounts.Add(acting(t), string(role), role)
		if err != nil {
			t.Fatal(err)
		}
		m, token, err := accounts.Open(t.Context(), u, store.ByPassword, access.Arrival{Browser: "Firefox", System: "Linux"})
		if err != nil {
			t.Fatal(err)
		}
		team, tokens = append(team, m), append(tokens, token)
	}
	return team, tokens
}

// A session that is not used ends after eight hours, one that is after a week.
func TestSessionsEnd(t *testing.T) {
	accounts, catalog := newAccounts(t)
	_, tokens := members(t, accounts, store.Owner)
	begun := time.Now()
	last := func() store.Session {
		t.Helper()
		all, err := accounts.Sessions(t.Context(), "")
		if err != nil || len(all) != 1 {
			t.Fatalf("%+v, %v", all, err)
		}
		return all[0]
	}
	if s := last(); s.ExpiresAt.Sub(s.BegunAt) != 8*time.Hour || s.UsedAt != s.BegunAt || s.Browser != "Firefox" || s.Method != store.ByPassword {
		t.Errorf("begun: %+v", s)
	}
	// What is used at once is not written again.
	if _, err := accounts.Member(t.Context(), tokens[0]); err != nil || last().UsedAt != last().BegunAt {
		t.Errorf("used at once: %+v, %v", last(), err)
	}
	for _, c := range []struct {
		after time.Duration // that it was begun
		lasts time.Duration // after its beginning
	}{{7 * time.Hour, 15 * time.Hour}, {6 * 24 * time.Hour, 6*24*time.Hour + 8*time.Hour}, {7*24*time.Hour - time.Hour, 7 * 24 * time.Hour}} {
		if got := access.Lasts(begun, begun.Add(c.after)); got != begun.Add(c.lasts) {
			t.Errorf("used after %v it lasts %v, want %v", c.after, got.Sub(begun), c.lasts)
		}
	}
	// The use before was eleven minutes ago: this one is kept.
	old := last()
	old.ID, old.Hash = "ses_old", sha256.Sum256([]byte("an old token"))
	old.BegunAt, old.UsedAt = heed.Instant(begun.Add(-time.Hour)), heed.Instant(begun.Add(-11*time.Minute))
	if err := catalog.CreateSession(acting(t), old, sha256.Sum256([]byte(tokens[0])), begun); err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.Member(t.Context(), "an old token"); err != nil || time.Since(last().UsedAt) > time.Minute || last().ExpiresAt.Sub(last().UsedAt) != 8*time.Hour {
		t.Errorf("used later: %+v, %v", last(), err)
	}
}

// Whoever signs in is signed in once in that browser.
func TestSignInRotates(t *testing.T) {
	accounts, catalog := newAccounts(t)
	team, tokens := members(t, accounts, store.Owner)
	if _, err := accounts.SetPassword(acting(t), team[0], tokens[0], access.NewPassword{Next: password}); err != nil {
		t.Fatal(err)
	}
	_, first, err := accounts.SignIn(acting(t), "owner", password, access.Arrival{})
	if err != nil {
		t.Fatal(err)
	}
	_, second, err := accounts.SignIn(acting(t), "owner", password, access.Arrival{Replaces: first})
	if err != nil || second == first {
		t.Fatal(err)
	}
	_, err = accounts.Member(t.Context(), first)
	wantCode(t, "the session before", heed.Unauthenticated, err)
	if _, err := accounts.Member(t.Context(), second); err != nil {
		t.Error(err)
	}
	records, err := catalog.ListAudit(t.Context(), store.AuditQuery{Action: audit.SignedOut, Limit: 9})
	if err != nil || len(records) != 1 || records[0].Actor.ID != team[0].ID {
		t.Errorf("its end is written down as %+v, %v", records, err)
	}
}

// Everybody ends their own sessions; those of others who could remove them; and
// nobody is told of sessions that they may not end.
func TestWhoEndsSessions(t *testing.T) {
	for _, c := range []struct {
		by, of int
		want   heed.Code
	}{
		{0, 0, ""}, {0, 1, ""}, {0, 2, ""}, {1, 1, ""}, {1, 2, ""}, {2, 2, ""},
		{1, 0, heed.Forbidden}, {2, 0, heed.NotFound}, {2, 1, heed.NotFound}, {3, 2, heed.NotFound},
	} {
		accounts, catalog := newAccounts(t)
		team, tokens := members(t, accounts, store.Owner, store.Admin, store.Analyst, store.Auditor)
		ctx := access.With(t.Context(), access.Principal{Member: &team[c.by]})
		err := accounts.EndSession(ctx, team[c.by], team[c.of].Session)
		wantCode(t, team[c.by].Name+" ends one of "+team[c.of].Name, c.want, err)
		if _, err := accounts.Member(t.Context(), tokens[c.of]); (err != nil) != (c.want == "") {
			t.Errorf("%s ends one of %s: it goes on: %v", team[c.by].Name, team[c.of].Name, err)
		}
		records, err := catalog.ListAudit(t.Context(), store.AuditQuery{Action: audit.SignedOut, Limit: 9})
		if err != nil || len(records) > 1 || (len(records) == 1) != (c.want == "") {
			t.Fatalf("written down as %+v, %v", records, err)
		}
		if len(records) == 1 {
			want := audit.Record{
				Number: records[0].Number, Time: records[0].Time, Actor: team[c.by].Actor(),
				Entry: audit.Entry{Action: audit.SignedOut, Object: team[c.of].ID, Details: map[string]string{"session": team[c.of].Session}},
			}
			if diff := cmp.Diff(want, records[0]); diff != "" {
				t.Errorf("record (-want +got):\n%s", diff)
			}
		}
		wantCode(t, "one that is not there", heed.NotFound, accounts.EndSession(ctx, team[c.by], "ses_none"))
	}
}

// Of a browser two families are kept, out of a list, and none of its own words.
func TestDevices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		door := newDoor(t, newWorld(t), access.Limits{9, 9, 9, 9})
		for userAgent, want := range map[string][2]string{
			"": {},
			"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                  {"Firefox", "Linux"},
			"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0":           {"Edge", "Windows"},
			"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15":                   {"Safari", "macOS"},
			"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36":                         {"Chrome", "Android"},
			"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1": {"Safari", "iOS"},
			"jane@example.com/1.0 (my secret)": {},
			"wombat":                           {},
		} {
			from := door.ArrivalOf(request("/", "192.0.2.1:1", "User-Agent", userAgent, "Cookie", "heed=x"))
			if got := [2]string{from.Browser, from.System}; got != want || from.Replaces != "x" {
				t.Errorf("%s is %q, want %q", userAgent, got, want)
			}
		}
	})
}
