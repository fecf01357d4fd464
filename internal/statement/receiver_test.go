package statement_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/statement"
)

// everybody is a project that sends something to one of each.
func everybody(l *statement.Live) {
	l.Recognizers, l.Monitoring, l.Mail = map[string]string{"presidio": "pii.example"}, "otel.example", "smtp.example"
	l.Identity, l.KeyService, l.Witness = "id.example", "AWS KMS", "witness.example"
	l.Project.Privacy.Recognizer = "presidio"
	l.Project.Tracker = heed.Tracker{Kind: heed.TrackerLinear, Team: "ENG"}
	l.Outside = statement.Outside{
		Endpoints: []heed.Endpoint{
			{Name: "the <b>channel|", Kind: heed.EndpointSlack, Host: "hooks.slack.com", Events: []string{"alert.*", "finding.*"}, State: heed.EndpointActive},
			{Name: "the warehouse", Kind: heed.EndpointWebhook, Host: "in.example", Events: []string{"feedback.created"}, State: heed.EndpointPaused},
			{Name: "the team", Kind: heed.EndpointEmail, Host: "acme.example", Events: []string{"review.opened"}, State: heed.EndpointActive},
		},
		Issues: heed.Repository{API: "https://api.github.com", Name: "acme/app"}, Buttons: true,
	}
}

// TestReceivers lists everybody who is sent something, with what that is.
func TestReceivers(t *testing.T) {
	s := book(t).State(live(everybody))
	type row struct {
		Kind  statement.ReceiverKind
		Where string
		Tells string
		Says  []string // of what it gets
	}
	want := []row{
		{statement.ToRecognizer, "pii.example", "texts", []string{"before anything is redacted", "comments, corrections"}},
		{statement.ToButtons, "slack.com", "texts,votes,tags", []string{"who votes there"}},
		{statement.ToWebhook, "in.example", "votes,tags", []string{"each feedback", "tags", "(paused now)", "no texts"}},
		{statement.ToSlack, "hooks.slack.com", "numbers", []string{"alerts", "findings", "no texts"}},
		{statement.ToEmail, "acme.example", "numbers", []string{"reviews", "smtp.example"}},
		{statement.ToMonitoring, "otel.example", "votes", []string{"each vote and score", "no tags, no texts"}},
		{statement.ToIssues, "api.github.com", "numbers", []string{"nothing that people wrote"}},
		{statement.ToTracker, "linear.app", "numbers", []string{"by their browser"}},
		{statement.ToIdentity, "id.example", "members", []string{"nothing of people who give feedback"}},
		{statement.ToKeyService, "AWS KMS", "", []string{"keys, to wrap and to unwrap"}},
		{statement.ToWitness, "witness.example", "", []string{"every hour"}},
	}
	var got []row
	for i, r := range s.Receivers {
		tells := make([]string, len(r.Tells))
		for n, d := range r.Tells {
			tells[n] = string(d)
		}
		one := row{r.Kind, r.Where, strings.Join(tells, ","), nil}
		if i < len(want) {
			one.Says = slices.DeleteFunc(slices.Clone(want[i].Says), func(words string) bool { return !strings.Contains(r.Gets, words) })
		}
		got = append(got, one)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("receivers (-want +got):\n%s", diff)
	}
	for _, threat := range s.Threats {
		if threat.Who == "who receives what Heed sends on" && strings.Contains(threat.Sees, "pii.example") && strings.Contains(threat.Sees, "in.example") {
			return
		}
	}
	t.Error("the threats do not say who receives what")
}

// TestReceiversInDocuments: both documents name everybody, and what somebody called one
// is no markup there.
func TestReceiversInDocuments(t *testing.T) {
	b := book(t)
	bare := b.State(live(nil))
	if len(bare.Receivers) != 0 {
		t.Errorf("nothing is set up, and %+v receive something", bare.Receivers)
	}
	for _, d := range statement.Documents() {
		if text := b.Fill(d, bare); !strings.Contains(text, "Sent on by Heed: nothing.") || !strings.Contains(text, "Nobody: nothing is sent on.") {
			t.Errorf("%s does not say that nothing is sent on", d)
		}
		text := b.Fill(d, b.State(live(everybody)))
		for _, want := range []string{
			"| the recogniser presidio | pii.example | comments, corrections and what members write as they came in", "| the warehouse | in.example | each feedback",
			"Sent on by Heed: to the recogniser presidio (pii.example)", `| the &lt;b>channel\| | hooks.slack.com | alerts`, "| your monitoring | otel.example |",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%s has no %q", d, want)
			}
		}
		if strings.Contains(text, "<b>") || strings.Contains(text, "Sent on by Heed: nothing") {
			t.Errorf("%s has markup of a name, or says that nothing is sent on", d)
		}
	}
}

// TestReceiverThatIsNoMore: an operator may take away what a project chose.
func TestReceiverThatIsNoMore(t *testing.T) {
	s := book(t).State(live(func(l *statement.Live) { l.Project.Privacy.Recognizer = "presidio" }))
	if len(s.Receivers) != 1 || len(s.Receivers[0].Tells) != 0 || !strings.Contains(s.Receivers[0].Gets, "every text is withheld") {
		t.Errorf("a recogniser that is not set up: %+v", s.Receivers)
	}
}

func TestHost(t *testing.T) {
	for address, want := range map[string]string{"https://in.example/v1/logs?key=secret": "in.example", "http://127.0.0.1:5002": "127.0.0.1:5002", "": "", "::": ""} {
		if got := statement.Host(address); got != want {
			t.Errorf("%q: %q", address, got)
		}
	}
}
