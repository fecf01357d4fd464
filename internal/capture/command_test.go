package capture_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/capture/command"
	"github.com/heed-ai/heed/internal/privacy"
)

// say has a command handled as whoever has the request does, and returns the
// state of the feedback and the line that answers.
func (w *world) say(t *testing.T, x *command.Index, user, text string) (*heed.Feedback, string) {
	t.Helper()
	body := fmt.Appendf(nil, `{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"},{"role":"user","content":%q}]}`, text)
	d := command.Handle(command.Request{API: command.ChatCompletions, Body: body, Project: project, Tags: heed.DefaultTags(), User: privacy.NewRaw(user)}, x)
	if d.Act == nil || d.Answer == nil {
		t.Fatalf("%q records nothing", text)
	}
	outcomes, err := w.accept(t, server(), capture.Item{Feedback: &capture.Feedback{
		Edit: d.Act.Edit, User: d.Act.User, AddTags: d.Act.AddTags, Comment: d.Act.Comment, Correction: d.Act.Correction, Retract: d.Act.Retract,
	}})
	var state *heed.Feedback
	if err == nil {
		state, err = outcomes[0].Feedback, outcomes[0].Err
	}
	var reply struct {
		Choices []struct{ Message struct{ Content string } }
	}
	if err := json.Unmarshal(d.Answer.Reply(state, err).Body, &reply); err != nil {
		t.Fatal(err)
	}
	return state, reply.Choices[0].Message.Content
}

// What a command decides is what the intake needs: all commands of a person,
// or of nobody who is named, on one answer are one feedback, and the line that
// answers knows whether there is a vote.
func TestCommands(t *testing.T) {
	for _, user := range []string{"ada", ""} {
		w := newWorld(t)
		names, err := privacy.NewPseudonymizer(make([]byte, privacy.PseudonymKeyBytes))
		if err != nil {
			t.Fatal(err)
		}
		x := command.NewIndex(names, command.Limits{Answers: 10, Age: time.Hour})
		x.Remember(command.Request{API: command.ChatCompletions, Body: []byte(`{"messages":[{"role":"user","content":"Hi"}]}`), Project: project, User: privacy.NewRaw(user)}, "r-1", "Hello")
		if state, line := w.say(t, x, user, "/+undo"); state != nil || !strings.Contains(line, "nothing to take back") {
			t.Errorf("%q: %+v, %q", user, state, line)
		}
		var ids []heed.FeedbackID
		for _, step := range []struct {
			text       string
			vote       heed.Vote
			tags       []string
			why, fixed bool
			line       string
		}{
			{"/+why too short #incomplete", heed.VoteNone, []string{"incomplete"}, true, false, "/- says bad"},
			{"/-", heed.VoteDown, []string{"incomplete"}, true, false, "rated bad"},
			{"/+why #Unsafe", heed.VoteDown, []string{"incomplete", "unsafe"}, true, false, "saved."},
			{"/+fix Hello, Ada.", heed.VoteDown, []string{"incomplete", "unsafe"}, true, true, "saved."},
			{"/+", heed.VoteUp, []string{"incomplete", "unsafe"}, true, true, "rated good"},
			{"/+undo", heed.VoteNone, []string{}, false, false, "taken back"},
		} {
			state, line := w.say(t, x, user, step.text)
			if state == nil || state.Vote != step.vote || !slices.Equal(state.Tags, step.tags) || state.HasComment != step.why ||
				state.HasCorrection != step.fixed || state.ResponseID != "r-1" || state.Surface != "chat" || !strings.Contains(line, step.line) {
				t.Fatalf("after %q of %q: %+v, %q", step.text, user, state, line)
			}
			ids = append(ids, state.ID)
		}
		if len(slices.Compact(ids)) != 1 {
			t.Errorf("the feedback of %q has the ids %v", user, ids)
		}
		w.fail(heed.Errorf(heed.Unavailable, "the disk is full"))
		if state, line := w.say(t, x, user, "/-"); state != nil || !strings.Contains(line, "try again later") {
			t.Errorf("%q: %+v, %q", user, state, line)
		}
	}
}
