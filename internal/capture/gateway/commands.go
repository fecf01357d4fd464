package gateway

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"slices"
	"sync"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/capture/command"
)

// answerCommand carries out the command that a request may be, and answers it
// where the model is not to hear of it.
func (c *call) answerCommand(w http.ResponseWriter, r *http.Request) (answered bool) {
	if c.kind.chat == "" || c.who == nil || !command.Concerns(c.asked) {
		return false
	}
	project, err := c.gateway.projects.Project(r.Context(), c.who.Project)
	if err != nil || project.Commands != heed.CommandsOn {
		return false
	}
	chat := c.chat()
	chat.Tags = project.Tags
	d := c.gateway.handle(chat)
	var state *heed.Feedback
	if d.Act != nil {
		state, err = c.act(r.Context(), d.Act)
	}
	if d.Answer == nil {
		if !bytes.Equal(d.Body, c.asked) {
			c.sent = d.Body
			replace(r, d.Body)
		}
		return false
	}
	reply := d.Answer.Reply(state, err)
	w.Header().Set("Content-Type", reply.ContentType)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(reply.Body)
	return true
}

// handle decides on a command once all answers that came before are remembered.
func (g *Gateway) handle(chat command.Request) command.Decision {
	for _, c := range g.unread.all() {
		c.remember()
	}
	return command.Handle(chat, g.index)
}

// chat is the request as commands see it.
func (c *call) chat() command.Request {
	return command.Request{
		API: c.kind.chat, Body: c.asked, Project: c.who.Project, User: c.told.User, Conversation: c.told.ConversationID,
	}
}

func (c *call) act(ctx context.Context, a *command.Act) (*heed.Feedback, error) {
	item := capture.Item{Signal: a.Signal}
	if a.Signal == nil {
		item.Feedback = &capture.Feedback{
			Edit: a.Edit, User: a.User, AddTags: a.AddTags, Comment: a.Comment, Correction: a.Correction, Retract: a.Retract,
		}
	}
	var state *heed.Feedback
	_, _, err := c.gateway.recorder.intake.Accept(ctx, *c.who, capture.Call{}, []capture.Item{item}, func(outcomes []capture.Outcome) (any, error) {
		state = outcomes[0].Feedback
		return nil, outcomes[0].Err
	})
	return state, err
}

// whole notes, before the client has the end of an answer, that commands can be
// about it. Reading it is left to remember.
func (c *call) whole() {
	if c.kind.chat != "" && c.who != nil && c.asked != nil && c.record.status < 300 && c.record.answer.whole() {
		c.gateway.unread.add(c)
	}
}

// remember reads an answer that is whole, off the way of its call: when it is
// recorded, or when a command comes before that.
func (c *call) remember() {
	c.once.Do(func() {
		if c.gateway.unread.has(c) {
			c.gateway.index.Remember(c.chat(), c.record.id, string(c.read().text))
			c.gateway.unread.remove(c)
		}
	})
}

// leave gives up a call that is not recorded, and not remembered unless a command
// is at it.
func (c *call) leave() {
	c.once.Do(func() { c.gateway.unread.remove(c) })
	c.free()
}

// unread are the answers that are whole and not remembered yet. Safe for
// concurrent use.
type unread struct {
	mu    sync.Mutex
	calls map[*call]bool
}

func (u *unread) add(c *call) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.calls == nil {
		u.calls = make(map[*call]bool)
	}
	u.calls[c] = true
}

func (u *unread) has(c *call) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.calls[c]
}

func (u *unread) remove(c *call) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.calls, c)
}

func (u *unread) all() []*call {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Collect(maps.Keys(u.calls))
}
