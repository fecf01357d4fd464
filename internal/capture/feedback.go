package capture

import (
	"context"
	"slices"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/vault"
)

// checkFeedback settles who speaks, which feedback it is, and that it is valid
// and within what the credential allows.
func (b *batch) checkFeedback(f *Feedback) error {
	f.Project, f.Trust = b.who.Project, b.who.Trust
	if grant := b.who.Token; grant != nil {
		f.User = grant.User
	}
	if err := b.who.MayGiveFeedback(&f.Target.ResponseID, f.Comment.Len() > 0 || f.Correction.Len() > 0); err != nil {
		return err
	}
	f.Time = instant(f.Time)
	if f.ID == "" && f.Target.IsZero() {
		return errNoTarget()
	}
	b.name(f)
	f.Target = b.view.placed(f.Project, f.Target)
	if f.Retract {
		return nil
	}
	if err := b.checkClient(f.Time, string(f.Target.ResponseID), f.TraceID, f.SpanID, string(f.PreferredOver.Value)); err != nil {
		return err
	}
	if len(f.Tags.Value) <= heed.MaxTags {
		for i, tag := range f.Tags.Value {
			f.Tags.Value[i] = b.label(tag, heed.MaxTagBytes)
		}
	}
	if len(f.AddTags) <= heed.MaxTags {
		for i, tag := range f.AddTags {
			f.AddTags[i] = b.label(tag, heed.MaxTagBytes)
		}
	}
	f.Surface = b.label(f.Surface, heed.MaxSurfaceBytes)
	for _, text := range []struct {
		name  string
		runes int
	}{
		{"comment", f.Comment.Runes()},
		{"correction", f.Correction.Runes()},
	} {
		if text.runes > heed.MaxTextRunes {
			return heed.InvalidField(text.name, "is too long: at most 8000 characters")
		}
	}
	// An empty text clears, as null does.
	if f.Edit.Comment.Set {
		f.Edit.Comment.Null = f.Comment.IsZero()
	}
	if f.Edit.Correction.Set {
		f.Edit.Correction.Null = f.Correction.IsZero()
	}
	return f.Edit.Validate(b.received)
}

// name settles who gives a feedback, and which one it is where that is not said.
func (b *batch) name(f *Feedback) {
	now := b.speakerOf(f, &b.names.naming)
	f.Respondent, f.Edit.Owner = now.respondent, now.owner
	if b.who.Trust == heed.TrustToken {
		f.own = now.id
	}
	if f.ID == "" {
		f.ID = now.id
	}
	if now.id != "" && (f.ID == now.id || f.own != "") {
		f.former = b.formerSpeakers(f)
	}
	if f.ID == "" {
		f.ID = newFeedbackID()
	}
}

// stateOf returns the state of a feedback, as the batch has left it so far.
func (b *batch) stateOf(id heed.FeedbackID) (*heed.Feedback, bool) {
	key := feedbackKey{b.who.Project, id}
	if state, ok := b.latest[key]; ok {
		return state, true
	}
	state, ok := b.view.feedbackState(key, b.known)
	if ok && b.Ended(b.who.Project, state.Respondent, state.CreatedAt) {
		return &heed.Feedback{Project: state.Project, ID: id}, false // it is about to go
	}
	return &state, ok
}

// sealedTexts are the texts of a feedback, sealed for an id and a person.
type sealedTexts struct {
	id                  heed.FeedbackID
	person              heed.Respondent
	comment, correction vault.Sealed
}

// sealTexts seals the texts of a feedback, unless that was done for the same
// id and person.
func (b *batch) sealTexts(ctx context.Context, f *Feedback, person heed.Respondent) (err error) {
	if f.sealed.id == f.ID && f.sealed.person == person {
		return nil
	}
	sealed := sealedTexts{id: f.ID, person: person}
	if sealed.comment, err = b.seal(ctx, person, string(f.ID), "comment", f.cleanComment); err != nil {
		return err
	}
	if sealed.correction, err = b.seal(ctx, person, string(f.ID), "correction", f.cleanCorrection); err != nil {
		return err
	}
	f.sealed = sealed
	return nil
}

// find returns the state of the feedback that f speaks of, whose id it then has:
// its own, or what the sender gave before, maybe under another pseudonym.
func (b *batch) find(f *Feedback) (*heed.Feedback, bool) {
	state, there := b.stateOf(f.ID)
	if there {
		return state, true
	}
	for _, id := range f.candidates() {
		if former, ok := b.stateOf(id); ok {
			f.ID = id
			return former, true
		}
	}
	if f.own != "" && f.own != f.ID {
		// Whoever holds a token has one feedback on its response, whatever id
		// they think of: else one mail could be as many votes as it likes.
		f.ID = f.own
		return b.stateOf(f.ID)
	}
	return state, false
}

// addFeedback applies a checked edit to the state of its feedback.
func (b *batch) addFeedback(ctx context.Context, f *Feedback) (*heed.Feedback, error) {
	state, there := b.find(f)
	if f.Retract && !there {
		return nil, errNoFeedback()
	}
	edit := f.Edit
	if !there && edit.Target.IsZero() {
		return nil, errNoTarget()
	}
	if there {
		// Its response may have arrived since; then it answers to that name too.
		meant := b.view.bound(*state, b.known)
		if err := b.mayEdit(&meant, f, f.Retract); err != nil {
			return nil, err
		}
		if f.Retract {
			edit = heed.Retraction(state, b.who.Trust)
		}
		// The person a feedback belongs to is settled by who gave it first.
		edit.Target, edit.Owner, edit.Respondent = state.Target, state.Owner, state.Respondent
	}
	if len(f.AddTags) > 0 && !f.Retract {
		edit.Tags = withTags(edit.Tags, state.Tags, f.AddTags)
		if err := edit.Validate(b.received); err != nil {
			return nil, err
		}
	}
	if err := b.sealTexts(ctx, f, edit.Respondent); err != nil {
		return nil, err
	}
	stored := &store.FeedbackEdit{Edit: edit, CommentText: f.sealed.comment, CorrectionText: f.sealed.correction}
	next := *state
	next.Apply(&edit, b.received)
	b.latest[feedbackKey{f.Project, f.ID}] = &next
	answer := b.view.bound(next, b.known)
	b.append(store.Event{Feedback: stored}, &next, &answer)
	return &answer, nil
}

// withTags adds tags to those that an edit sets, or else to those that stand.
func withTags(set heed.Field[[]string], standing, added []string) heed.Field[[]string] {
	if set.Set {
		standing = set.Value
	}
	tags := slices.Clone(standing)
	for _, tag := range added {
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return heed.Value(tags)
}

// mayEdit decides whether the sender may change a feedback that exists. The
// application may change all of its project; a person only their own; and what
// a publishable key wrote may be changed with its id, which only the one who
// wrote it knows. An id that stands for another response is a Conflict, and
// one that is somebody else's is told no further apart than that.
func (b *batch) mayEdit(state *heed.Feedback, f *Feedback, retract bool) error {
	edit := &f.Edit
	if !retract && !edit.Target.IsZero() && !sameTarget(state.Target, edit.Target) {
		return heed.Errorf(heed.Conflict, "this feedback id is taken by feedback on another response: leave the id out or choose another")
	}
	allowed := false
	switch b.who.Trust {
	case heed.TrustServer:
		allowed = true
	case heed.TrustToken:
		allowed = sameTarget(state.Target, edit.Target) && f.isOwner(state.Owner)
	case heed.TrustPublic:
		allowed = state.Trust == heed.TrustPublic
	}
	switch {
	case allowed:
		return nil
	case retract:
		return errNoFeedback()
	}
	return heed.Errorf(heed.Forbidden, "this feedback belongs to somebody else: leave the id out to give your own")
}

// sameTarget compares by response id where both have one; feedback that named
// a trace keeps the trace when its response becomes known. A span that is named
// alone is that span of whichever trace.
func sameTarget(a, b heed.Target) bool {
	if a.ResponseID != "" && b.ResponseID != "" {
		return a.ResponseID == b.ResponseID
	}
	if a.TraceID == "" || b.TraceID == "" {
		return a.SpanID != "" && a.SpanID == b.SpanID
	}
	return a.TraceID == b.TraceID && a.SpanID == b.SpanID
}

func errNoTarget() error {
	return heed.InvalidField("response_id", "is missing: name the response_id, the trace_id or the span_id that the feedback is about, or the id of feedback that exists")
}

func errNoFeedback() error {
	return heed.Errorf(heed.NotFound, "there is no feedback with this id that this credential may change")
}
