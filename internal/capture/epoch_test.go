package capture_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/privacy"
)

// untilMonth waits, of the bubble's clock, until so long before the next month.
func untilMonth(before time.Duration) {
	now := time.Now().UTC()
	next := time.Date(now.Year(), now.Month()+1, 1, 0, 0, 0, 0, time.UTC)
	time.Sleep(next.Sub(now) - before)
}

// vote gives a person's vote on a response, and returns the feedback it became.
func (w *world) vote(t *testing.T, who access.Principal, response heed.ResponseID, user string, v heed.Vote, change ...func(*capture.Feedback)) heed.Feedback {
	t.Helper()
	f := &capture.Feedback{User: privacy.NewRaw(user)}
	f.ResponseID, f.Vote = response, heed.Value(v)
	for _, c := range change {
		c(f)
	}
	outcomes, err := w.accept(t, who, capture.Item{Feedback: f})
	if err != nil || outcomes[0].Err != nil {
		t.Fatalf("vote: %v, %v", err, outcomes)
	}
	return *outcomes[0].Feedback
}

func (w *world) people(t *testing.T, user string) []heed.Respondent {
	t.Helper()
	all, err := w.intake.Respondents(t.Context(), project, privacy.NewRaw(user))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// monthly runs a test in a bubble with a project of a mode, an hour before a month
// ends.
func monthly(t *testing.T, mode heed.PseudonymMode, test func(t *testing.T, w *world)) {
	synctest.Test(t, func(t *testing.T) {
		untilMonth(time.Hour)
		w := newWorld(t)
		w.pseudonyms = mode
		test(t, w)
	})
}

// One person has one feedback per response, though their pseudonym is another
// since a minute, or since three months.
func TestOneFeedbackAcrossMonths(t *testing.T) {
	for name, who := range map[string]func() access.Principal{
		"application": func() access.Principal { return server() },
		"token": func() access.Principal {
			grant := holder("r-1", "u-42", "t1")
			grant.Token.ExpiresAt = time.Now().Add(20 * 24 * time.Hour)
			return grant
		},
	} {
		t.Run(name, func(t *testing.T) {
			monthly(t, heed.PseudonymsEpoch, func(t *testing.T, w *world) {
				sender := who()
				first := w.vote(t, sender, "r-1", "u-42", heed.VoteDown)
				waits := []time.Duration{0, 90 * time.Minute, 15 * 24 * time.Hour}
				if name == "application" {
					waits = append(waits, 80*24*time.Hour)
				}
				for _, wait := range waits {
					time.Sleep(wait) // of the bubble's clock
					again := w.vote(t, sender, "r-1", "u-42", heed.VoteUp)
					if again.ID != first.ID || again.Respondent != first.Respondent || again.Vote != heed.VoteUp {
						t.Errorf("after %v: feedback %s of %s, want %s of %s", wait, again.ID, again.Respondent, first.ID, first.Respondent)
					}
				}
				other := w.vote(t, server(), "r-2", "u-42", heed.VoteUp)
				if other.Respondent == first.Respondent {
					t.Error("another month has the same pseudonym")
				}
				people := w.people(t, "u-42")
				if people[0] != other.Respondent || people[len(people)-1] != first.Respondent {
					t.Errorf("%v are not all pseudonyms of the person", people)
				}
			})
		})
	}
}

// Whoever holds the token of a person may change with its id what they gave last
// month, and nobody else.
func TestOwnerAcrossMonths(t *testing.T) {
	monthly(t, heed.PseudonymsEpoch, func(t *testing.T, w *world) {
		first := w.vote(t, server(), "r-1", "u-42", heed.VoteDown)
		time.Sleep(2 * time.Hour)
		expires := time.Now().Add(10 * 24 * time.Hour)
		for user, allowed := range map[string]bool{"u-42": true, "u-43": false} {
			who := holder("r-1", user, "t-"+user)
			who.Token.ExpiresAt = expires
			_, err := w.intake.Owned(t.Context(), who, first.ID)
			if (err == nil) != allowed {
				t.Errorf("%s owns it: %v", user, err)
			}
			edit := &capture.Feedback{}
			edit.ID, edit.Vote = first.ID, heed.Value(heed.VoteUp)
			outcomes, err := w.accept(t, who, capture.Item{Feedback: edit})
			if err != nil || (outcomes[0].Err == nil) != allowed {
				t.Errorf("%s changes it: %v, %v", user, err, outcomes)
			}
		}
	})
}

// What an exporter names is one feedback across months, too.
func TestIdentityAcrossMonths(t *testing.T) {
	monthly(t, heed.PseudonymsEpoch, func(t *testing.T, w *world) {
		named := func(f *capture.Feedback) { f.Identity = []string{"annotation", "r-1", "jane"} }
		first := w.vote(t, server(), "r-1", "", heed.VoteDown, named)
		time.Sleep(2 * time.Hour)
		if again := w.vote(t, server(), "r-1", "", heed.VoteUp, named); again.ID != first.ID {
			t.Errorf("feedback %s, want %s", again.ID, first.ID)
		}
	})
}

// A response that Heed saw this month can have no feedback of last month.
func TestResponsesOfThisMonthCostNothing(t *testing.T) {
	monthly(t, heed.PseudonymsEpoch, func(t *testing.T, w *world) {
		before := w.vote(t, server(), "r-1", "u-42", heed.VoteDown)
		time.Sleep(3 * time.Hour)
		r := &capture.Response{}
		r.ID, r.Time = "r-2", time.Now()
		if _, err := w.accept(t, server(), capture.Item{Response: r}); err != nil {
			t.Fatal(err)
		}
		after := w.vote(t, server(), "r-2", "u-42", heed.VoteDown)
		if after.ID == before.ID || after.Respondent == before.Respondent {
			t.Errorf("%+v", after)
		}
	})
}

// A project that was stable, as all were once, goes on with what it has when its
// mode changes: one feedback per response, and all pseudonyms of a person.
func TestModeChanges(t *testing.T) {
	monthly(t, heed.PseudonymsStable, func(t *testing.T, w *world) {
		stable := w.vote(t, server(), "r-1", "u-42", heed.VoteDown)
		time.Sleep(2 * time.Hour)
		if again := w.people(t, "u-42"); len(again) != 1 || again[0] != stable.Respondent {
			t.Errorf("a stable pseudonym changed: %v", again)
		}
		unknown := stable.Respondent
		for _, mode := range []heed.PseudonymMode{heed.PseudonymsEpoch, heed.PseudonymsEphemeral, heed.PseudonymsEpoch} {
			w.pseudonyms = mode
			again := w.vote(t, server(), "r-1", "u-42", heed.VoteUp)
			if again.ID != stable.ID || again.Respondent != stable.Respondent {
				t.Errorf("%s: another feedback on the same response", mode)
			}
			now := w.people(t, "u-42")
			if now[0] == unknown || now[len(now)-1] != stable.Respondent {
				t.Errorf("%s: pseudonyms %v, want a new one first and %s last", mode, now, stable.Respondent)
			}
			unknown = now[0]
		}
		w.pseudonyms = heed.PseudonymsStable
		if now := w.people(t, "u-42"); now[0] != stable.Respondent {
			t.Error("stable again, and it is another pseudonym")
		}
	})
}

// Ephemeral pseudonyms last a day, are remembered for one more, and do not survive
// a start; what a token said it may change all the same.
func TestEphemeral(t *testing.T) {
	monthly(t, heed.PseudonymsEphemeral, func(t *testing.T, w *world) {
		who := holder("r-9", "u-42", "t9")
		who.Token.ExpiresAt = time.Now().Add(20 * 24 * time.Hour)
		byToken := w.vote(t, who, "r-9", "u-42", heed.VoteUp)
		first := w.vote(t, server(), "r-1", "u-42", heed.VoteDown)
		if byToken.Respondent != first.Respondent {
			t.Error("a token's person is another")
		}
		time.Sleep(2 * time.Hour) // it is another day
		if again := w.vote(t, server(), "r-1", "u-42", heed.VoteUp); again.ID != first.ID {
			t.Error("the day after, a vote cannot be changed")
		}
		second := w.people(t, "u-42")
		if diff := cmp.Diff([]heed.Respondent{second[0], first.Respondent}, second); diff != "" || second[0] == first.Respondent {
			t.Errorf("the day after: %v", second)
		}
		time.Sleep(24 * time.Hour)
		if third := w.people(t, "u-42"); len(third) != 2 || third[1] != second[0] {
			t.Errorf("two days after: %v", third)
		}
		if again := w.vote(t, who, "r-9", "u-42", heed.VoteDown); again.ID != byToken.ID {
			t.Error("a token gave a second feedback")
		}
		before := w.people(t, "u-42")
		w.intake.EndDays(time.Now().Add(48 * time.Hour))
		if after := w.people(t, "u-42"); len(after) != 1 || after[0] == before[0] {
			t.Errorf("what has ended is remembered: %v", after)
		}
		before = w.people(t, "u-42")
		w.start()
		if after := w.people(t, "u-42"); len(after) != 1 || after[0] == before[0] {
			t.Errorf("a start remembers: %v", after)
		}
	})
}

// A project whose keys were destroyed begins from nothing, in a server that runs.
func TestPseudonymsOfAProjectThatWasDestroyed(t *testing.T) {
	monthly(t, heed.PseudonymsStable, func(t *testing.T, w *world) {
		before := w.people(t, "u-42")
		if err := w.vault.ShredProject(t.Context(), project); err != nil {
			t.Fatal(err)
		}
		if after := w.people(t, "u-42"); len(after) != 1 || after[0] == before[0] {
			t.Errorf("%v", after)
		}
	})
}
