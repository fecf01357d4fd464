package capture_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/vault"
)

// One person has one feedback per response, and nobody else can reach it.
func TestWhoMayChangeFeedback(t *testing.T) {
	w := newWorld(t)
	ada := holder("r-1", "ada", "t1")
	mine := w.give(t, ada, vote("r-1", heed.VoteDown))
	if again := w.give(t, holder("r-1", "ada", "t2"), vote("r-1", heed.VoteUp)); again.ID != mine.ID || again.Vote != heed.VoteUp {
		t.Errorf("the same person with another token has feedback %s: %s, want %s: up", again.ID, again.Vote, mine.ID)
	}
	if other := w.give(t, holder("r-1", "bob", "t3"), vote("r-1", heed.VoteUp)); other.ID == mine.ID {
		t.Error("two people share a feedback")
	}
	nobody := w.give(t, holder("r-1", "", "t4"), vote("r-1", heed.VoteUp))
	if again := w.give(t, holder("r-1", "", "t4"), vote("r-1", heed.VoteDown)); again.ID != nobody.ID {
		t.Error("a token without a person makes a second feedback")
	}
	public := w.give(t, browser(), vote("r-1", heed.VoteUp))
	if again := w.give(t, browser(), vote("r-1", heed.VoteUp)); again.ID == public.ID {
		t.Error("two clicks of nobody in particular are one feedback")
	}

	edit := func(id heed.FeedbackID, response heed.ResponseID) *capture.Feedback {
		f := vote(response, heed.VoteDown)
		f.ID = id
		return f
	}
	w.refused(t, holder("r-1", "bob", "t3"), edit(mine.ID, "r-1"), heed.Forbidden)
	w.refused(t, holder("r-1", "", "t5"), edit(nobody.ID, "r-1"), heed.Forbidden)
	w.refused(t, browser(), edit(mine.ID, "r-1"), heed.Forbidden)
	w.refused(t, ada, edit(public.ID, "r-1"), heed.Forbidden)
	w.refused(t, ada, edit(mine.ID, "r-2"), heed.Forbidden)
	w.refused(t, server(), edit(mine.ID, "r-2"), heed.Conflict)
	for _, who := range []access.Principal{ada, server()} {
		if got := w.give(t, who, edit(mine.ID, "r-1")); got.Vote != heed.VoteDown || got.Respondent != mine.Respondent {
			t.Errorf("an edit of %s: %+v", who.Trust, got)
		}
	}
	if got := w.give(t, browser(), edit(public.ID, "r-1")); got.Vote != heed.VoteDown {
		t.Errorf("who has the id of public feedback may change it: %+v", got)
	}

	retract := func(id heed.FeedbackID) *capture.Feedback {
		f := &capture.Feedback{Retract: true}
		f.ID = id
		return f
	}
	w.refused(t, holder("r-1", "bob", "t3"), retract(mine.ID), heed.NotFound)
	w.refused(t, server(), retract("fb_none"), heed.NotFound)
	if got := w.give(t, ada, retract(mine.ID)); got.Rates() || got.HasComment {
		t.Errorf("after taking back: %+v", got)
	}
}

// One person has one feedback on a response, also where its trace is named
// besides; but a publishable key's word for who it is reaches nobody's.
func TestNaturalIdentity(t *testing.T) {
	w := newWorld(t)
	named := func(trace string) *capture.Feedback {
		f := vote("r-1", heed.VoteUp)
		f.TraceID, f.User = trace, privacy.NewRaw("ada")
		return f
	}
	if a, b := w.give(t, server(), named("")), w.give(t, server(), named("t-1")); a.ID != b.ID {
		t.Error("naming the trace makes a second feedback")
	}
	first, second := w.give(t, browser(), named("")), w.give(t, browser(), named(""))
	if first.ID == second.ID {
		t.Error("a claim of who somebody is reaches their feedback")
	}
	retraction := &capture.Feedback{Retract: true}
	retraction.ID = first.ID
	if got := w.give(t, browser(), retraction); got.Rates() {
		t.Errorf("who has the id cannot take it back: %+v", got)
	}
}

// Tags are added to those that stand, also by many at once, and never become
// more than a feedback may have.
func TestAddTags(t *testing.T) {
	w := newWorld(t)
	add := func(user string, tags ...string) *capture.Feedback {
		f := &capture.Feedback{User: privacy.NewRaw(user), AddTags: tags}
		f.ResponseID = "r-1"
		return f
	}
	if got := w.give(t, server(), add("ada", "slow", "long", "slow")); !slices.Equal(got.Tags, []string{"long", "slow"}) || got.Vote != heed.VoteNone {
		t.Errorf("the first are %v", got.Tags)
	}
	set := add("ada", "kept")
	set.Tags = heed.Value([]string{"set"})
	if got := w.give(t, server(), set); !slices.Equal(got.Tags, []string{"kept", "set"}) {
		t.Errorf("beside those that are set: %v", got.Tags)
	}
	if got := w.give(t, server(), add("ada", "mail jane@example.com")); slices.Contains(got.Tags, "mail jane@example.com") {
		t.Errorf("an address is a tag: %v", got.Tags)
	}
	var wg sync.WaitGroup
	for n := range 12 {
		wg.Go(func() { w.give(t, server(), add("bob", fmt.Sprint("tag-", n))) })
	}
	wg.Wait()
	if got := w.give(t, server(), add("bob", "tag-12")); len(got.Tags) != 13 {
		t.Errorf("13 were added, and there are %v", got.Tags)
	}
	w.refused(t, server(), add("bob", "a", "b", "c", "d"), heed.Invalid)
	w.refused(t, server(), add("bob", strings.Repeat("x", heed.MaxTagBytes+1)), heed.Invalid)
	w.refused(t, server(), add("bob", ""), heed.Invalid)
	if got := w.give(t, server(), add("bob", "tag-12")); len(got.Tags) != 13 {
		t.Errorf("what was refused left %v", got.Tags)
	}
}

// Without an id, what is taken back is the person's own.
func TestRetractOwn(t *testing.T) {
	w := newWorld(t)
	retract := func(user string) *capture.Feedback {
		f := &capture.Feedback{User: privacy.NewRaw(user), Retract: true, AddTags: []string{"x"}}
		f.ResponseID = "r-1"
		return f
	}
	for _, user := range []string{"ada", "bob"} {
		f := vote("r-1", heed.VoteUp)
		f.User = privacy.NewRaw(user)
		w.give(t, server(), f)
	}
	w.refused(t, server(), retract("eve"), heed.NotFound)
	w.refused(t, server(), retract(""), heed.NotFound)
	w.refused(t, browser(), retract("ada"), heed.NotFound)
	if got := w.give(t, server(), retract("ada")); got.Says() {
		t.Errorf("after taking back: %+v", got)
	}
	bob := vote("r-1", heed.VoteUp)
	bob.User, bob.Vote = privacy.NewRaw("bob"), heed.Field[heed.Vote]{}
	if got := w.give(t, server(), bob); got.Vote != heed.VoteUp {
		t.Errorf("somebody else's is %+v", got)
	}
}

// Feedback on a trace answers to its response's name once that has arrived.
func TestEditAfterBinding(t *testing.T) {
	w := newWorld(t)
	f := &capture.Feedback{}
	f.ID, f.TraceID, f.Vote = "fb_1", "t-1", heed.Value(heed.VoteUp)
	w.give(t, server(), f)
	response := &capture.Response{Response: heed.Response{ID: "r-1", TraceID: "t-1"}}
	if _, err := w.accept(t, server(), capture.Item{Response: response}); err != nil {
		t.Fatal(err)
	}
	edit := vote("r-1", heed.VoteDown)
	edit.ID = "fb_1"
	if got := w.give(t, server(), edit); got.Vote != heed.VoteDown {
		t.Errorf("after the edit: %+v", got)
	}
}

// Whatever is written at once, the state is what the events make in order.
func TestConcurrentEdits(t *testing.T) {
	w := newWorld(t)
	var wg sync.WaitGroup
	for writer := range 8 {
		wg.Go(func() {
			for i := range 40 {
				f := vote("r-1", heed.VoteUp)
				f.ID = heed.FeedbackID(fmt.Sprintf("fb_%d", i%3))
				f.Tags = heed.Value([]string{fmt.Sprintf("by-%d-%d", writer, i)})
				w.give(t, server(), f)
			}
		})
	}
	wg.Wait()
	want := map[heed.FeedbackID]heed.Feedback{}
	for _, ev := range w.all() {
		state := want[ev.Feedback.ID]
		state.Apply(&ev.Feedback.Edit, ev.Received)
		want[ev.Feedback.ID] = state
	}
	for id, state := range want {
		edit := vote("r-1", heed.VoteDown)
		edit.ID = id
		if got := w.give(t, server(), edit); !reflect.DeepEqual(got.Tags, state.Tags) {
			t.Errorf("%s has tags %v, the events say %v", id, got.Tags, state.Tags)
		}
	}
}

// One bad item costs nothing but itself.
func TestBatchWithBadItems(t *testing.T) {
	w := newWorld(t)
	outcomes, err := w.accept(t, server(),
		capture.Item{Feedback: vote("r-1", heed.VoteUp)},
		capture.Item{Feedback: vote("", heed.VoteUp)},
		capture.Item{Signal: &heed.Signal{ResponseID: "r-1", Name: "no such signal"}},
		capture.Item{Response: &capture.Response{}},
		capture.Item{Signal: &heed.Signal{ResponseID: "r-1", Name: heed.SignalShown}},
	)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, false, false, false, true} {
		if ok := outcomes[i].Err == nil; ok != want {
			t.Errorf("item %d: %v, want accepted: %v", i, outcomes[i].Err, want)
		}
	}
	if n := len(w.all()); n != 2 {
		t.Errorf("%d events, want 2", n)
	}
}

// What was not made durable has not happened.
func TestSpoolFails(t *testing.T) {
	w := newWorld(t)
	f := vote("r-1", heed.VoteUp)
	f.ID = "fb_1"
	w.give(t, server(), f)
	w.fail(heed.Errorf(heed.Unavailable, "full"))
	change := vote("r-1", heed.VoteDown)
	change.ID = "fb_1"
	w.refused(t, server(), change, heed.Unavailable)
	w.fail(nil)
	tags := &capture.Feedback{}
	tags.ID, tags.ResponseID, tags.Tags = "fb_1", "r-1", heed.Value([]string{"slow"})
	if got := w.give(t, server(), tags); got.Vote != heed.VoteUp {
		t.Errorf("the refused edit shows: vote %s", got.Vote)
	}
}

// A process that starts again knows what is on its way to the store.
func TestRecover(t *testing.T) {
	w := newWorld(t)
	f := vote("r-1", heed.VoteUp)
	f.ID = "fb_1"
	w.give(t, server(), f)
	if _, err := w.accept(t, server(), capture.Item{Response: &capture.Response{Response: heed.Response{ID: "r-2"}}}); err != nil {
		t.Fatal(err)
	}
	body, _, err := w.call(t, "key", "body", "first")
	if err != nil {
		t.Fatal(err)
	}
	w.start()
	if err := w.intake.Recover(t.Context(), w.all()); err != nil {
		t.Fatal(err)
	}
	change := &capture.Feedback{}
	change.ID, change.ResponseID, change.Tags = "fb_1", "r-1", heed.Value([]string{"slow"})
	if got := w.give(t, server(), change); got.Vote != heed.VoteUp {
		t.Errorf("the vote is lost: %+v", got)
	}
	if got := w.give(t, server(), vote("r-2", heed.VoteUp)); !got.Bound {
		t.Error("feedback on a response that is on its way is unbound")
	}
	again, replayed, err := w.call(t, "key", "body", "second")
	if err != nil || !replayed || string(again) != string(body) {
		t.Errorf("the call is answered %s (replayed %v, %v), want %s", again, replayed, err, body)
	}
}

// call makes a repeatable call of one signal that is answered with says.
func (w *world) call(t *testing.T, key, body, says string) ([]byte, bool, error) {
	t.Helper()
	call := capture.Call{Key: key, Path: "/v1/events", Body: []byte(body)}
	shown := capture.Item{Signal: &heed.Signal{ResponseID: "r-1", Name: heed.SignalShown}}
	return w.intake.Accept(t.Context(), server(), call, []capture.Item{shown}, func([]capture.Outcome) (any, error) { return says, nil })
}

func TestRepeatedCalls(t *testing.T) {
	w := newWorld(t)
	if body, replayed, err := w.call(t, "k", "a", "first"); err != nil || replayed || string(body) != `"first"` {
		t.Fatalf("%s, %v, %v", body, replayed, err)
	}
	if body, replayed, err := w.call(t, "k", "a", "second"); err != nil || !replayed || string(body) != `"first"` {
		t.Errorf("the same call: %s, replayed %v, %v", body, replayed, err)
	}
	if _, _, err := w.call(t, "k", "b", "third"); heed.CodeOf(err) != heed.Conflict {
		t.Errorf("another body: %v, want code %q", err, heed.Conflict)
	}
	if body, _, err := w.call(t, "", "b", "fourth"); err != nil || string(body) != `"fourth"` {
		t.Errorf("no key: %s, %v", body, err)
	}
	if _, _, err := w.call(t, strings.Repeat("k", 257), "a", ""); heed.CodeOf(err) != heed.Invalid {
		t.Errorf("a long key: %v, want code %q", err, heed.Invalid)
	}
}

// Many that send the same call at once get one answer.
func TestRepeatedCallsAtOnce(t *testing.T) {
	w := newWorld(t)
	var wg sync.WaitGroup
	answers := make([]string, 16)
	for i := range answers {
		wg.Go(func() {
			body, _, err := w.call(t, "k", "a", fmt.Sprintf("answer %d", i))
			if err != nil {
				t.Error(err)
			}
			answers[i] = string(body)
		})
	}
	wg.Wait()
	for _, a := range answers {
		if a != answers[0] {
			t.Fatalf("two answers: %s and %s", a, answers[0])
		}
	}
}

// Texts reach the spool cleaned, sealed and nowhere else, and only where they
// may.
func TestTextsAreSealed(t *testing.T) {
	w := newWorld(t)
	f := vote("r-1", heed.VoteDown)
	f.User, f.Comment = privacy.NewRaw("ada"), privacy.NewRaw("mail ada@example.com")
	f.Edit.Comment = heed.Value(struct{}{})
	state := w.give(t, server(), f)
	answer := func() capture.Item {
		return capture.Item{Response: &capture.Response{
			Response: heed.Response{ID: "r-1"}, User: privacy.NewRaw("ada"), Output: privacy.NewRaw("call +49 30 90182099"),
		}}
	}
	for _, policy := range []heed.ContentPolicy{heed.ContentNone, heed.ContentRedacted} {
		w.content = policy
		if _, err := w.accept(t, server(), answer()); err != nil {
			t.Fatal(err)
		}
	}
	events := w.all()
	place := vault.Place{
		Project: project, Respondent: state.Respondent, Object: string(state.ID), Field: "comment", At: events[0].Received,
	}
	if got := w.opened(t, place, events[0].Feedback.CommentText); got != "mail [EMAIL_1]" {
		t.Errorf("the comment is %q", got)
	}
	if !events[1].Response.Output.IsZero() {
		t.Error("an output is kept that the project's policy drops")
	}
	place = vault.Place{
		Project: project, Respondent: events[2].Response.Respondent, Object: "r-1", Field: "output", At: events[2].Received,
	}
	if got := w.opened(t, place, events[2].Response.Output); got != "call [PHONE_1]" {
		t.Errorf("the output is %q", got)
	}
}

// TestOwnPatterns: what a project's own patterns describe leaves texts and
// labels, from the next batch on; patterns that cannot be used refuse all.
func TestOwnPatterns(t *testing.T) {
	w := newWorld(t)
	say := func() (string, []string) {
		f := vote("r-1", heed.VoteDown)
		f.Comment, f.Edit.Comment = privacy.NewRaw("of KD-12345678"), heed.Value(struct{}{})
		f.Edit.Tags = heed.Value([]string{"KD-12345678"})
		state := w.give(t, server(), f)
		event := w.all()[len(w.all())-1]
		place := vault.Place{Project: project, Respondent: state.Respondent, Object: string(state.ID), Field: "comment", At: event.Received}
		return w.opened(t, place, event.Feedback.CommentText), state.Tags
	}
	if got, tags := say(); got != "of KD-12345678" || tags[0] != "KD-12345678" {
		t.Errorf("without patterns: %q %q", got, tags)
	}
	w.patterns = []heed.RedactPattern{{Name: "CUSTOMER", Pattern: `KD-\d{8}`}}
	if got, tags := say(); got != "of [CUSTOM_1]" || tags[0] != "[CUSTOM_1]" {
		t.Errorf("with a pattern: %q %q", got, tags)
	}
	w.patterns = []heed.RedactPattern{{Name: "CUSTOMER", Pattern: `KD*`}}
	if _, err := w.accept(t, server(), capture.Item{Feedback: vote("r-1", heed.VoteDown)}); heed.CodeOf(err) != heed.Internal {
		t.Errorf("with a pattern that cannot be used: %v", err)
	}
}

func (w *world) opened(t *testing.T, place vault.Place, s vault.Sealed) string {
	t.Helper()
	text, err := w.vault.Open(t.Context(), place, s)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Whoever holds a token has one feedback on its response, whatever id they
// think of, and reaches it by any.
func TestOneFeedbackPerToken(t *testing.T) {
	w := newWorld(t)
	ada := holder("r-1", "", "t1")
	named := func(id string, v heed.Vote) *capture.Feedback {
		f := vote("r-1", v)
		f.ID = heed.FeedbackID(id)
		return f
	}
	first := w.give(t, ada, named("mine-1", heed.VoteUp))
	for i := range 50 {
		if got := w.give(t, ada, named(fmt.Sprint("mine-", i), heed.VoteDown)); got.ID != first.ID || got.Vote != heed.VoteDown {
			t.Fatalf("another id makes another feedback: %+v", got)
		}
	}
	comment := named("mine-2", heed.VoteDown)
	comment.Edit.Comment, comment.Comment = heed.Value(struct{}{}), privacy.NewRaw("too long")
	if got := w.give(t, ada, comment); got.ID != first.ID || !got.HasComment {
		t.Errorf("with a comment: %+v", got)
	}
	last := w.all()[len(w.all())-1].Feedback
	text, err := w.vault.Open(t.Context(), vault.Place{Project: project, Object: string(first.ID), Field: "comment"}, last.CommentText)
	if err != nil || text != "too long" {
		t.Errorf("the comment reads %q (%v)", text, err)
	}
	retraction := &capture.Feedback{Retract: true}
	retraction.ID = "mine-3"
	if got := w.give(t, ada, retraction); got.ID != first.ID || got.Rates() {
		t.Errorf("taken back: %+v", got)
	}
	theirs := w.give(t, server(), named("theirs", heed.VoteUp))
	if got := w.give(t, server(), named("theirs-too", heed.VoteUp)); got.ID == theirs.ID {
		t.Error("a server's ids are not its own")
	}
}

// A page cannot write what is stored as it is: ids in which a person could say
// anything, and times that no page knows of.
func TestWhatPagesMayName(t *testing.T) {
	w := newWorld(t)
	long := time.Now().Add(-31 * 24 * time.Hour)
	for name, f := range map[string]func(*capture.Feedback){
		"a mail address as response":  func(f *capture.Feedback) { f.ResponseID = "ada@example.com" },
		"a sentence as response":      func(f *capture.Feedback) { f.ResponseID = "call me maybe" },
		"a mail address as trace":     func(f *capture.Feedback) { f.TraceID = "ada@example.com" },
		"a mail address as span":      func(f *capture.Feedback) { f.TraceID, f.SpanID = "t", "ada@example.com" },
		"a mail address as preferred": func(f *capture.Feedback) { f.PreferredOver = heed.Value(heed.ResponseID("ada@example.com")) },
		"long ago":                    func(f *capture.Feedback) { f.Time = long },
	} {
		bad := vote("r-1", heed.VoteUp)
		f(bad)
		w.refused(t, browser(), bad, heed.Invalid)
		good := vote("r-1", heed.VoteUp)
		f(good)
		if got := w.give(t, server(), good); got.Vote != heed.VoteUp {
			t.Errorf("%s: a server may not name it", name)
		}
	}
	for _, id := range []heed.ResponseID{"chatcmpl-9x", "msg_01:abc.d/e+f=~", "6f9619ff-8b86-d011-b42d-00c04fc964ff"} {
		w.give(t, browser(), vote(id, heed.VoteUp))
	}
	outcomes, err := w.accept(t, browser(), capture.Item{Signal: &heed.Signal{ResponseID: "r-1", Name: "copied", Time: long}})
	if err != nil || heed.CodeOf(outcomes[0].Err) != heed.Invalid {
		t.Errorf("a signal of long ago: %v, %v", outcomes, err)
	}
}

// A long answer is remembered small and comes back as it was.
func TestLongAnswerIsReplayed(t *testing.T) {
	w := newWorld(t)
	says := strings.Repeat("rejected for the same reason as ever; ", 5000)
	call := capture.Call{Key: "k", Path: "/v1/events", Body: []byte("body")}
	accept := func() ([]byte, bool) {
		body, replayed, err := w.intake.Accept(t.Context(), server(), call, []capture.Item{{Feedback: vote("r-1", heed.VoteUp)}},
			func([]capture.Outcome) (any, error) { return says, nil })
		if err != nil {
			t.Fatal(err)
		}
		return body, replayed
	}
	first, _ := accept()
	again, replayed := accept()
	if !replayed || string(again) != string(first) {
		t.Errorf("replayed %v, %d bytes of %d", replayed, len(again), len(first))
	}
	events := w.all()
	if kept := len(events[len(events)-1].Receipt.Answer); kept > len(first)/50 {
		t.Errorf("%d bytes are kept of an answer of %d", kept, len(first))
	}
}
