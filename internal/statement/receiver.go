package statement

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/heed-ai/heed"
)

// Outside is to where a project's data is sent, as its team set it up.
type Outside struct {
	Endpoints []heed.Endpoint // those that rest as well: nothing but a click keeps them from being told
	Issues    heed.Repository // where findings become issues; zero: nowhere
	Buttons   bool            // of Slack give feedback
}

// Receiver is somebody outside who is sent something.
type Receiver struct {
	Kind  ReceiverKind `json:"kind" enum:"recognizer,webhook,slack,email,monitoring,issues,tracker,buttons,identity,key_service,witness"`
	Name  string       `json:"name" doc:"What it is called here."`
	Where string       `json:"where" doc:"The part of its address that is no secret; empty: only the operator knows."`
	Gets  string       `json:"gets" doc:"A phrase that ends without a full stop."`
	Tells []Data       `json:"tells" doc:"The same for programs; empty: nothing of anybody." enum:"texts,votes,tags,numbers,members"`
	Set   string       `json:"set" doc:"Where it is set: a path of the console, or a key of the configuration."`
}

// ReceiverKind is how somebody outside is spoken to.
type ReceiverKind string

const (
	ToRecognizer ReceiverKind = "recognizer"  // is shown texts to find names in
	ToWebhook    ReceiverKind = "webhook"     // a program
	ToSlack      ReceiverKind = "slack"       // a channel
	ToEmail      ReceiverKind = "email"       // mailboxes
	ToMonitoring ReceiverKind = "monitoring"  // of the operator's, by emit
	ToIssues     ReceiverKind = "issues"      // a repository in which Heed opens issues
	ToTracker    ReceiverKind = "tracker"     // one in which members do, by an address that Heed fills in
	ToButtons    ReceiverKind = "buttons"     // Slack, where people vote in it
	ToIdentity   ReceiverKind = "identity"    // the provider by which members sign in
	ToKeyService ReceiverKind = "key_service" // holds the root key
	ToWitness    ReceiverKind = "witness"     // of the audit log
)

// Data is a kind of what is sent.
type Data string

const (
	DataTexts   Data = "texts"   // what people wrote, in the clear
	DataVotes   Data = "votes"   // and scores, of single feedback
	DataTags    Data = "tags"    // the reasons that people ticked, of single feedback
	DataNumbers Data = "numbers" // of many, with titles and tags that are told of them
	DataMembers Data = "members" // what members do
)

// Receivers lists everybody outside who is sent something of a project: those who are
// sent the most first. It is the one list: the console, the documents and the public
// page take who receives what from here.
func Receivers(s Setup, p heed.Project, o Outside) []Receiver {
	all := []Receiver{}
	if p.Privacy.Recognizer != "" {
		all = append(all, recognizing(s, p))
	}
	if o.Buttons {
		all = append(all, Receiver{
			ToButtons, "Slack, for its buttons", "slack.com",
			"who votes there, the vote, the reasons they tick and what they write, which come in through Slack; of Heed it learns the tags that are offered",
			[]Data{DataTexts, DataVotes, DataTags}, "/settings/integrations",
		})
	}
	var told []Receiver
	for i := range o.Endpoints {
		told = append(told, endpoint(s, &o.Endpoints[i]))
	}
	slices.SortStableFunc(told, func(a, b Receiver) int { return len(b.Tells) - len(a.Tells) })
	all = append(all, told...)
	if s.Monitoring != "" {
		all = append(all, Receiver{
			ToMonitoring, "your monitoring", s.Monitoring,
			"each vote and score, with its time and the ids of the feedback, the answer and the trace; no tags, no texts, and not whose it is", []Data{DataVotes}, "emit.endpoint",
		})
	}
	const ofFinding = "title, shares and counts, names and values of its filter, its cause, and the way back"
	if o.Issues.Name != "" {
		all = append(all, Receiver{
			ToIssues, "GitHub, " + o.Issues.Name, Host(o.Issues.API), "of findings that a member makes into issues: " + ofFinding + "; nothing that people wrote",
			[]Data{DataNumbers}, "/settings/integrations",
		})
	}
	if t := p.Tracker; t.Kind != heed.TrackerNone {
		all = append(all, Receiver{
			ToTracker, "the tracker, " + string(t.Kind), cmp.Or(Host(t.URL), "linear.app"),
			"of findings for which a member opens a new issue, by their browser: " + ofFinding + "; nothing that people wrote", []Data{DataNumbers}, "/settings/integrations",
		})
	}
	return append(all, ofServer(s)...)
}

// ofServer are those who are sent nothing of people who give feedback.
func ofServer(s Setup) (all []Receiver) {
	const nobody = "; nothing of people who give feedback"
	if s.Identity != "" {
		all = append(all, Receiver{ToIdentity, "the identity provider", s.Identity, "that a member signs in, and when" + nobody, []Data{DataMembers}, "oidc.issuer"})
	}
	if s.KeyService != "" {
		all = append(all, Receiver{ToKeyService, "the key management service", s.KeyService, "keys, to wrap and to unwrap" + nobody, []Data{}, "HEED_ROOT_KMS"})
	}
	if s.Witness != "" {
		all = append(all, Receiver{ToWitness, "the witness of the audit log", s.Witness, "its size and the hash of all its records, every hour" + nobody, []Data{}, "audit.webhook"})
	}
	return all
}

func recognizing(s Setup, p heed.Project) Receiver {
	texts := "comments, corrections"
	if p.Content == heed.ContentRedacted {
		texts += ", prompts and answers"
	}
	texts += " and what members write"
	if p.AttachmentDays > 0 {
		texts += ", and what is attached where it goes into a dataset,"
	}
	r := Receiver{
		ToRecognizer, "the recogniser " + p.Privacy.Recognizer, s.Recognizers[p.Privacy.Recognizer],
		texts + " as they came in, before anything is redacted; not whose they are", []Data{DataTexts}, "/settings/redaction",
	}
	if r.Where == "" {
		r.Gets = "nothing, since the operator has set up none of this name: every text is withheld"
		r.Tells = []Data{}
	}
	return r
}

// endpoint is what one is told by the events that it wants.
func endpoint(s Setup, e *heed.Endpoint) Receiver {
	r := Receiver{Kind: ReceiverKind(e.Kind), Name: e.Name, Where: e.Host, Tells: []Data{}, Set: "/settings/notifications"}
	var gets []string
	if e.WantsAny("feedback") {
		gets = append(gets, "each feedback: ids, times, vote, score, tags, where it was given, and whether there are texts")
		r.Tells = append(r.Tells, DataVotes, DataTags)
	}
	for _, of := range []struct{ noun, what string }{
		{"alert", "alerts: names, rules and readings"},
		{"finding", "findings: titles, states, causes, changes, issues, dates, counts and shares, and the id of the member who works on one"},
		{"review", "reviews: period, state, and in Slack and mail shares, tags and titles"},
	} {
		if e.WantsAny(of.noun) {
			gets = append(gets, of.what)
			if !slices.Contains(r.Tells, DataNumbers) {
				r.Tells = append(r.Tells, DataNumbers)
			}
		}
	}
	r.Gets = strings.Join(gets, "; ") + "; no texts that people wrote, and not whose they are"
	switch {
	case e.Kind == heed.EndpointEmail && s.Mail == "":
		r.Gets += " (no mail server is set up, so no mail is sent)"
	case e.Kind == heed.EndpointEmail:
		r.Gets += " (by the mail server " + s.Mail + ")"
	}
	if e.State != heed.EndpointActive {
		r.Gets += " (" + string(e.State) + " now)"
	}
	return r
}

// namesOf lists receivers in a phrase, each with where it is.
func namesOf(receivers []Receiver) string {
	names := make([]string, len(receivers))
	for i, r := range receivers {
		names[i] = r.Name
		if r.Where != "" {
			names[i] += " (" + r.Where + ")"
		}
	}
	return strings.Join(names, ", ")
}

// receiving is who the table of threats speaks of as a receiver.
const receiving = "who receives what Heed sends on"

// threatsTo adds to the row of those who receive something who they are.
func threatsTo(threats []Threat, receivers []Receiver) []Threat {
	all := slices.Clone(threats)
	for i := range all {
		if all[i].Who == receiving {
			all[i].Sees += receiversHere(receivers)
		}
	}
	return all
}

// receiversHere says who receives what, as the end of what they see.
func receiversHere(receivers []Receiver) string {
	each := make([]string, len(receivers))
	for i, r := range receivers {
		each[i] = namesOf(receivers[i:i+1]) + ": " + r.Gets
	}
	return ". In this project: " + cmp.Or(strings.Join(each, "; "), "nobody")
}

// Host is the part of an address that is no secret.
func Host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
