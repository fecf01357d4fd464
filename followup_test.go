package heed_test

import (
	"testing"
	"time"

	"github.com/heed-ai/heed"
)

func TestFindingFollowUp(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	since, made := now.Add(-48*time.Hour), now.Add(-72*time.Hour)
	release := heed.FindingChange{Name: "release", Value: "2026.3", Time: made}
	for _, c := range []struct {
		name    string
		finding heed.Finding
		want    heed.FollowUp
	}{
		{"new", heed.Finding{State: heed.FindingNew, Public: "Hours"}, heed.FollowUp{State: heed.FollowUpLooking, Since: since}},
		{"fixing", heed.Finding{State: heed.FindingFixing, Public: "Hours", Title: "Secret", Reason: "Secret"}, heed.FollowUp{State: heed.FollowUpLooking, Since: since}},
		{"fixed by a release", heed.Finding{State: heed.FindingFixed, Public: "Hours", Change: release}, heed.FollowUp{State: heed.FollowUpFixed, Release: "2026.3", Since: made}},
		{"fixed tomorrow", heed.Finding{State: heed.FindingFixed, Public: "Hours", Change: heed.FindingChange{Name: "release", Value: "2026.4", Time: now.Add(time.Hour)}},
			heed.FollowUp{State: heed.FollowUpLooking, Since: since}},
		{"fixed by a prompt", heed.Finding{State: heed.FindingVerified, Public: "Hours", Change: heed.FindingChange{Name: "prompt", Value: "v14", Time: made}},
			heed.FollowUp{State: heed.FollowUpFixed, Since: made}},
		{"back again", heed.Finding{State: heed.FindingRegressed, Public: "Hours", Change: release}, heed.FollowUp{State: heed.FollowUpLooking, Since: since}},
		{"dismissed", heed.Finding{State: heed.FindingDismissed, Public: "Hours", Reason: "Secret"}, heed.FollowUp{State: heed.FollowUpDeclined, Since: since}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.finding.ID, c.finding.StateSince = "fd_1", since
			c.want.Sentence, c.want.Finding = "Hours", "fd_1"
			if got := c.finding.FollowUp(now); got != c.want {
				t.Errorf("FollowUp = %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestFollowUpMoreTelling(t *testing.T) {
	at := func(state heed.FollowUpState, hour int) heed.FollowUp {
		return heed.FollowUp{State: state, Since: time.Date(2026, 3, 10, hour, 0, 0, 0, time.UTC)}
	}
	ranked := []heed.FollowUp{ // from the one that tells most
		at(heed.FollowUpFixed, 9), at(heed.FollowUpFixed, 8), at(heed.FollowUpDeclined, 12), at(heed.FollowUpLooking, 11), at(heed.FollowUpReceived, 20),
	}
	for i, one := range ranked {
		for j, other := range ranked {
			if got := one.MoreTelling(other); got != (i < j) {
				t.Errorf("%s of %v before %s of %v: %v", one.State, one.Since, other.State, other.Since, got)
			}
		}
	}
}
