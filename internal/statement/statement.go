// Package statement says what a Heed does with what it knows of people, in one
// project, from what is set and from the documents that promise it. The same
// facts serve the team, auditors and the people themselves.
package statement

import (
	"time"

	"github.com/heed-ai/heed"
)

// Setup is what holds for every project of a server.
type Setup struct {
	Redaction []string // the types that redaction finds, in the words of placeholders
	HoldAge   time.Duration
	HoldBytes int64 // what the gateway holds in memory; either 0: nothing
	RootKey   RootKey

	// The hosts of others that the operator set up; empty: there is none.
	Recognizers map[string]string // by name
	Monitoring  string            // which every vote and score is sent on to
	Mail        string            // by which mail is sent
	Identity    string            // by which members sign in
	KeyService  string            // which holds the root key
	Witness     string            // which checkpoints of the audit log are posted to
}

// Live is what is set and what has happened, as the server knows it now.
type Live struct {
	Setup
	Project  heed.Project
	Now      time.Time
	Access   []Grant
	Erasures heed.ErasureCount
	Outside  Outside
	Audit    AuditLog
}

// RootKey says where the key is that wraps every other.
type RootKey string

const (
	RootInData RootKey = "data"      // beside what it opens
	RootGiven  RootKey = "elsewhere" // given by the environment or a file of its own
)

// Grant says who may do something.
type Grant struct {
	Action string   `json:"action"`
	What   string   `json:"what"`
	Roles  []string `json:"roles"`
	Key    bool     `json:"key" doc:"Whether a secret key may."`
}

// AuditLog is the state of the log of who did what.
type AuditLog struct {
	Records  int64  `json:"records"`
	Verifier string `json:"verifier" doc:"What checks the signatures of its checkpoints; everybody may know it."`
}

// Statement is all of it.
type Statement struct {
	MadeAt     time.Time          `json:"made_at"`
	ID         heed.ProjectID     `json:"project"`
	Name       string             `json:"name"`
	Controller string             `json:"controller"`
	Contact    string             `json:"contact"`
	Page       string             `json:"page" doc:"The path of what people who give feedback are told."`
	Content    heed.ContentPolicy `json:"content" enum:"none,redacted"`
	Days       int                `json:"attachment_days"`
	Smallest   int                `json:"smallest_group"`
	Sections   []Section          `json:"sections"`
	Kept       []Kept             `json:"retention"`
	Receivers  []Receiver         `json:"receivers" doc:"Everybody outside who is sent something of the project."`
	Access     []Grant            `json:"access"`
	Erasures   heed.ErasureCount  `json:"erasures"`
	Audit      AuditLog           `json:"audit"`
	Data       []File             `json:"data"`
	Threats    []Threat           `json:"threats"`
	Limits     []string           `json:"limits" doc:"What Heed does not protect from, in Markdown of one line each."`
}

// Section gathers what is true about one subject.
type Section struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Facts []Fact `json:"facts"`
}

// Fact is one thing that is true now.
type Fact struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Value  string `json:"value" doc:"A phrase that ends without a full stop."`
	Detail string `json:"detail,omitempty" doc:"Why, or what follows, in whole sentences."`
	Set    string `json:"set,omitempty" doc:"Where it is set: a path of the console, or a key of the configuration."`
}

// State makes the statement of a project.
func (b *Book) State(l Live) Statement {
	p := l.Project
	receivers := Receivers(l.Setup, p, l.Outside)
	return Statement{
		MadeAt: heed.Instant(l.Now), ID: p.ID, Name: p.Name, Controller: p.Privacy.Controller, Contact: p.Privacy.Contact, Page: Page(p.ID),
		Content: p.Content, Days: p.AttachmentDays, Smallest: p.Privacy.SmallestGroup,
		Sections: sections(l, receivers), Kept: Retention(p), Receivers: receivers, Access: l.Access, Erasures: l.Erasures, Audit: l.Audit,
		Data: b.data, Threats: threatsTo(b.threats, receivers), Limits: b.limits,
	}
}

// Page is the path of the public page of a project.
func Page(id heed.ProjectID) string { return "/privacy/" + string(id) }

// fact finds a fact by its id; the zero Fact if there is none.
func (s *Statement) fact(id string) Fact {
	for _, section := range s.Sections {
		for _, f := range section.Facts {
			if f.ID == id {
				return f
			}
		}
	}
	return Fact{}
}
