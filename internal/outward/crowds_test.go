package outward_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/outward"
	"github.com/heed-ai/heed/internal/store"
)

// said is a message as a webhook, Slack and a mail have it.
func said(t *testing.T, m *outward.Message) string {
	t.Helper()
	data, err := json.Marshal(m.Data)
	if err != nil {
		t.Fatal(err)
	}
	var chat string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body struct{ Text string }
		_ = json.NewDecoder(r.Body).Decode(&body)
		chat = body.Text
	}))
	defer server.Close()
	if r := outward.Slack(&outward.Target{URL: server.URL}, m, ""); r.Outcome != heed.OutcomeTaken {
		t.Fatal(r)
	}
	return strings.Join(append([]string{string(data), chat, m.Title}, m.Lines...), "\n")
}

// TestMessagesInCrowds: what alerts, findings and reviews tell a channel has no number
// of three people, and has those of a crowd.
func TestMessagesInCrowds(t *testing.T) {
	share := func(hits, votes, people int64) heed.FindingShare {
		part := float64(hits) / float64(votes)
		return heed.FindingShare{From: noon, To: noon, Hits: hits, Votes: votes, Share: &part, Low: part - .01, High: part + .01, People: people}
	}
	review := func(people int64) heed.ReviewShare {
		good := 61.0 / 97
		return heed.ReviewShare{Part: 61, Of: 97, Share: &good, Low: .5, High: .7, People: people}
	}
	for _, test := range []struct {
		people int64
		hidden bool
	}{{3, true}, {4, true}, {5, false}} {
		t.Run(fmt.Sprint(test.people, " people"), func(t *testing.T) {
			p := openOutpost(t)
			defer p.catalog.Close()
			project := p.endpoint("prj_p", "a", "finding.*").Project

			f := heed.Finding{Project: project, ID: "fnd_1", Version: 1, Title: "made up", State: heed.FindingFixed, CreatedAt: noon, UpdatedAt: noon, StateSince: noon}
			p.must(p.catalog.CreateFinding(p.ctx, f, heed.FindingStep{FindingEdit: heed.FindingEdit{State: heed.FindingFixed}}))
			f.Version, f.State = 2, heed.FindingVerified
			p.must(p.catalog.ChangeFinding(p.ctx, f, heed.FindingStep{
				FindingEdit: heed.FindingEdit{State: heed.FindingVerified}, Evidence: &heed.FindingEvidence{Before: share(61, 97, 40), After: share(17, 97, test.people)},
			}))

			var turns []store.AlertTurn
			for i, r := range []heed.AlertRule{
				{Measure: heed.AlertDownShare, Threshold: .3, Hours: 2}, {Measure: heed.AlertTagShare, Tag: "rude", Threshold: .3, Hours: 2},
				{Measure: heed.AlertRatings, Threshold: 200, Below: true, Hours: 2}, {Measure: heed.AlertUnsafe, Hours: 2},
			} {
				a := heed.Alert{Project: project, ID: heed.AlertID(fmt.Sprint("alt_", i)), Version: 1, Name: "a", Rule: r, State: heed.AlertOK, Since: noon, CreatedAt: noon, UpdatedAt: noon}
				p.must(p.catalog.CreateAlert(p.ctx, a))
				reading := heed.AlertReading{At: noon, Value: 97, Base: 97, Known: true, People: test.people}
				if r.Measure.IsShare() {
					reading.Value, reading.Low, reading.High = 61.0/97, .5, .7
				}
				a.State = heed.AlertFiring
				turns = append(turns, store.AlertTurn{Alert: a, Reading: reading})
			}
			p.must(p.catalog.TurnAlerts(p.ctx, project, turns))

			week := 7 * 24 * time.Hour
			r := heed.Review{
				Project: project, ID: "rev_1", Version: 1, State: heed.ReviewOpen, From: noon.Add(-week), To: noon, Due: noon.Add(week), Participants: []string{},
				Texts: map[heed.ReviewSection]string{}, Decisions: []heed.ReviewDecision{}, Earlier: []heed.EarlierDecision{}, OpenedAt: noon, UpdatedAt: noon,
			}
			_, err := p.catalog.OpenReview(p.ctx, r, heed.ReviewDocument{Format: heed.ReviewFormat, From: r.From, To: r.To, Before: r.From.Add(-week), FrozenAt: noon, Numbers: heed.ReviewNumbers{
				Now: heed.ReviewTotals{Answers: 300, Rated: 97, Good: 61, Bad: 36, People: test.people}, Good: heed.ReviewMove{Now: review(test.people), Before: review(test.people), Moved: heed.NotMoved},
			}})
			p.must(err)

			number := regexp.MustCompile(`\b(97|61|36|17|62\.9|63|17\.5)\b|0\.6288`)
			for history, want := range map[string]string{
				"findings": "fewer than 5 people, so their shares are not told", "alerts": "of fewer than 5 people", "reviews": "Fewer than 5 people voted on 300 answers",
			} {
				told, err := p.Tell(p.ctx, project, history)
				p.must(err)
				all := ""
				for _, one := range told {
					p.must(one.Err)
					all += said(t, &one.Message) + "\n"
				}
				if found := number.FindString(all); (found == "") != test.hidden {
					t.Errorf("%s tell %q:\n%s", history, found, all)
				}
				if strings.Contains(all, want) != test.hidden || strings.Contains(all, `"fewer_than":5`) != (test.hidden && history != "reviews") {
					t.Errorf("%s do not say that too few people spoke:\n%s", history, all)
				}
			}
		})
	}
}
