package capture

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/vault"
)

// batch turns the items of one request into events. First every item is
// checked, which needs no state; then, under the locks of the feedback it
// speaks of, each is added.
type batch struct {
	*Intake
	who      access.Principal
	names    *namings
	received time.Time
	content  heed.ContentPolicy
	known    known // of the feedback and responses that the items speak of

	cleaner    *privacy.Cleaner   // with the project's own patterns
	recognizer privacy.Recognizer // the project's; nil: none

	events []store.Event
	states []*heed.Feedback // beside events: the state after an edit
	shown  []*heed.Feedback // the same, with the response it turned out to speak of
	latest map[feedbackKey]*heed.Feedback
}

// newBatch makes a batch for so many items.
func (in *Intake) newBatch(ctx context.Context, who access.Principal, items int) (*batch, error) {
	project, err := in.projects.Project(ctx, who.Project)
	if err != nil {
		return nil, err
	}
	received := now()
	names, err := in.names.of(ctx, &project, received)
	if err != nil {
		return nil, err
	}
	cleaner, err := in.cleaners.of(&project)
	if err != nil {
		return nil, err
	}
	return &batch{
		Intake: in, who: who, names: names, received: received, content: project.Content,
		cleaner: cleaner, recognizer: in.recognizers.Of(project.ID, project.Privacy.Recognizer),
		latest: make(map[feedbackKey]*heed.Feedback),
		events: make([]store.Event, 0, items),
		states: make([]*heed.Feedback, 0, items),
		shown:  make([]*heed.Feedback, 0, items),
	}, nil
}

func (b *batch) append(ev store.Event, state, shown *heed.Feedback) {
	ev.Project, ev.Received = b.who.Project, b.received
	b.events = append(b.events, ev)
	b.states = append(b.states, state)
	b.shown = append(b.shown, shown)
}

// check completes an item with what Heed knows of its sender, and refuses what
// is not valid or not the sender's to write.
func (b *batch) check(item *Item) error {
	switch {
	case item.Feedback != nil:
		return b.checkFeedback(item.Feedback)
	case item.Signal != nil:
		return b.checkSignal(item.Signal)
	case item.Response != nil:
		return b.checkResponse(item.Response)
	case item.Change != nil:
		return b.checkChange(item.Change)
	case item.Step != nil:
		return b.checkStep(item.Step)
	case item.Metric != nil:
		return b.checkMetric(item.Metric)
	}
	return errors.New("capture: an item holds nothing")
}

func (b *batch) checkSignal(s *heed.Signal) error {
	s.Project, s.Trust = b.who.Project, b.who.Trust
	if err := b.who.MaySignal(&s.ResponseID); err != nil {
		return err
	}
	if s.Time.IsZero() {
		s.Time = b.received
		if s.ID == "" {
			s.ID = rand.Text()
		}
	}
	s.Time = heed.Instant(s.Time)
	if err := b.checkClient(s.Time, string(s.ResponseID)); err != nil {
		return err
	}
	return s.Validate(b.received)
}

// maxClientAge is how long ago something may have happened that a page tells:
// a page keeps what it could not send for a week.
const maxClientAge = 30 * 24 * time.Hour

// checkClient refuses of a page what only an application has reason to say:
// what happened long ago, and ids in which a person could write anything, for
// ids are stored as they are.
func (b *batch) checkClient(at time.Time, ids ...string) error {
	if b.who.Trust == heed.TrustServer {
		return nil
	}
	if !at.IsZero() && b.received.Sub(at) > maxClientAge {
		return heed.InvalidField("time", "is more than 30 days ago: only a secret key may tell of that")
	}
	for _, id := range ids {
		if strings.ContainsFunc(id, notClientRune) {
			return heed.InvalidField("body", "has an id with other signs than A–Z a–z 0–9 and - _ . : / + = ~: only a secret key may name that")
		}
	}
	return nil
}

func notClientRune(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_.:/+=~", r)
}

// label redacts a value that is stored in the clear. One that is too long is
// left for Validate to refuse, which costs nothing.
func (b *batch) label(value string, maxBytes int) string {
	if len(value) > maxBytes {
		return value
	}
	return b.cleaner.Label(value)
}

func (b *batch) checkResponse(r *Response) error {
	if err := b.who.MayDescribe(); err != nil {
		return err
	}
	r.Project = b.who.Project
	r.Time = instant(r.Time)
	r.ErrorCode = b.label(r.ErrorCode, heed.MaxLabelBytes)
	if r.Status == "" && r.ErrorType != "" {
		r.Status = heed.StatusError
	}
	r.Respondent = b.names.people.Respondent(b.who.Project, r.User)
	return r.Validate(b.received)
}

func (b *batch) checkStep(s *heed.Step) error {
	if err := b.who.MayDescribe(); err != nil {
		return err
	}
	s.Project = b.who.Project
	s.Time = instant(s.Time)
	s.Name = b.label(s.Name, heed.MaxLabelBytes)
	s.ErrorCode = b.label(s.ErrorCode, heed.MaxLabelBytes)
	return s.Validate(b.received)
}

func (b *batch) checkChange(c *Change) error {
	if err := b.who.MayDescribe(); err != nil {
		return err
	}
	c.Project = b.who.Project
	if c.Time.IsZero() {
		c.Time = b.received
	}
	c.Time = heed.Instant(c.Time)
	if c.ID == "" {
		c.ID = "ch_" + rand.Text()
	}
	c.HasNote = !c.Note.IsZero()
	if c.Note.Runes() > heed.MaxTextRunes {
		return heed.InvalidField("note", "is too long: at most 8000 characters")
	}
	return c.Change.Validate(b.received)
}

// subjects lists the feedback and the targets that the valid items speak of.
func (b *batch) subjects(items []Item, outcomes []Outcome) (keys []feedbackKey, targets []heed.Target) {
	for i := range items {
		if f := items[i].Feedback; f != nil && outcomes[i].Err == nil {
			keys = append(keys, feedbackKey{b.who.Project, f.ID})
			for _, id := range f.candidates() {
				keys = append(keys, feedbackKey{b.who.Project, id})
			}
			if !f.Target.IsZero() {
				targets = append(targets, f.Target)
			}
		}
	}
	return keys, targets
}

// read asks the store what it knows of the subjects.
func (b *batch) read(ctx context.Context, keys []feedbackKey, targets []heed.Target) (err error) {
	ids := make([]heed.FeedbackID, 0, len(keys))
	for _, key := range keys {
		ids = append(ids, key.id)
	}
	b.known, err = b.view.read(ctx, b.who.Project, ids, targets)
	return err
}

// add makes the event of one checked item.
func (b *batch) add(ctx context.Context, item *Item) (*heed.Feedback, error) {
	switch {
	case item.Feedback != nil:
		return b.addFeedback(ctx, item.Feedback)
	case item.Signal != nil:
		b.append(store.Event{Signal: item.Signal}, nil, nil)
	case item.Response != nil:
		r := item.Response
		b.append(store.Event{Response: &store.ResponsePart{Response: r.Response, Input: r.sealedInput, Output: r.sealedOutput}}, nil, nil)
	case item.Step != nil:
		b.append(store.Event{Step: item.Step}, nil, nil)
	case item.Metric != nil:
		b.append(store.Event{Metric: &item.Metric.Metric}, nil, nil)
	default:
		b.append(store.Event{Change: &store.Change{Change: item.Change.Change, Note: item.Change.sealed}}, nil, nil)
	}
	return nil, nil
}

// sealAll makes the texts of the valid items unreadable, each under the key of the
// person it is likely to belong to. It is done before the locks: making keys
// takes a write to disk, and others are waiting.
func (b *batch) sealAll(ctx context.Context, items []Item, outcomes []Outcome) error {
	if err := b.makeKeys(ctx, items, outcomes); err != nil {
		return err
	}
	for i := range items {
		if outcomes[i].Err != nil {
			continue
		}
		var err error
		switch item := &items[i]; {
		case item.Feedback != nil:
			err = b.sealTexts(ctx, item.Feedback, item.Feedback.Respondent)
		case item.Response != nil:
			err = b.sealContent(ctx, item.Response)
		case item.Change != nil:
			item.Change.sealed, err = b.seal(ctx, heed.Respondent{}, item.Change.ID, "note", item.Change.cleanNote)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// makeKeys makes the keys that sealAll needs, together.
func (b *batch) makeKeys(ctx context.Context, items []Item, outcomes []Outcome) error {
	var places []vault.Place
	for i := range items {
		if outcomes[i].Err != nil {
			continue
		}
		place := vault.Place{Project: b.who.Project, At: b.received}
		switch item := &items[i]; {
		case item.Feedback != nil && !(item.Feedback.Comment.IsZero() && item.Feedback.Correction.IsZero()):
			place.Respondent = item.Feedback.Respondent
		case item.Response != nil && item.Response.hasContent():
			if !b.keepsContent() {
				continue
			}
			place.Respondent = item.Response.Respondent
		default:
			continue
		}
		places = append(places, place)
	}
	if len(places) < 2 { // sealing makes one as well
		return nil
	}
	return b.vault.Prepare(ctx, places)
}

// keepsContent tells whether the project's policy keeps content.
func (b *batch) keepsContent() bool { return b.content == heed.ContentRedacted }

// sealContent seals the input and output of a response, where the project's
// policy keeps them.
func (b *batch) sealContent(ctx context.Context, r *Response) (err error) {
	if !r.hasContent() || !b.keepsContent() {
		return nil
	}
	if r.sealedInput, err = b.seal(ctx, r.Respondent, string(r.ID), "input", r.cleanInput); err != nil {
		return err
	}
	r.sealedOutput, err = b.seal(ctx, r.Respondent, string(r.ID), "output", r.cleanOutput)
	return err
}

// seal seals a text under the key of the person it belongs to.
func (b *batch) seal(ctx context.Context, person heed.Respondent, object, field string, text privacy.Clean) (vault.Sealed, error) {
	if text.IsZero() {
		return vault.Sealed{}, nil
	}
	return b.vault.Seal(ctx, vault.Place{
		Project: b.who.Project, Respondent: person, Object: object, Field: field, At: b.received,
	}, text)
}

// instant is heed.Instant that keeps the zero time zero.
func instant(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return heed.Instant(t)
}

// newFeedbackID makes an id for feedback that nothing else identifies.
func newFeedbackID() heed.FeedbackID {
	return heed.FeedbackID("fb_" + strings.ToLower(rand.Text()))
}
