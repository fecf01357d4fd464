package command

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/heed-ai/heed"
)

// Reply is an answer as it goes over the wire, with status 200. A stream is
// whole: all of its events, for the client to read at its own pace.
type Reply struct {
	ContentType string
	Body        []byte
}

// Answer is what Heed has to say in place of the model.
type Answer struct {
	command *Command
	fixed   string // the line, where it does not depend on what becomes of the command

	api      API
	model    string // as the request named it
	stream   bool
	usage    bool
	previous string // the response that the request goes on from
	lists    int    // which answer the listed tags are about, 0 if none are listed
	random   string
	created  time.Time
}

// Reply writes the answer in the shape of its provider: one line, no tokens,
// and the model that was asked. state is the feedback after the decision's Act
// was recorded, and err why it was not; both are nil where there was no Act.
// An error is told in the line: to the client every command is answered.
func (a *Answer) Reply(state *heed.Feedback, err error) Reply {
	text := a.fixed
	if text == "" {
		text = line(a.command, state, err)
	}
	switch a.api {
	case Responses:
		return a.writeResponse(text)
	case Messages:
		return a.writeMessage(text)
	}
	return a.writeCompletion(text)
}

// encode writes what can always be written: the values are ours, and texts are
// made valid.
func encode(value any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

func plainReply(value any) Reply {
	return Reply{ContentType: "application/json", Body: encode(value)}
}

// stream gathers server-sent events.
type stream struct{ out bytes.Buffer }

// add writes an event, with a name where the provider gives it one.
func (s *stream) add(name string, value any) {
	if name != "" {
		s.out.WriteString("event: " + name + "\n")
	}
	s.out.WriteString("data: ")
	s.out.Write(encode(value))
	s.out.WriteString("\n\n")
}

func (s *stream) reply() Reply {
	return Reply{ContentType: "text/event-stream; charset=utf-8", Body: s.out.Bytes()}
}
