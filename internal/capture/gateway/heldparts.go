package gateway

import (
	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture/command"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/vault"
)

// Parts returns who said what in a call that is held, as much of it as a scope
// means: of an answer the last question and no word before it. What nobody can
// tell apart so is Invalid, rather than more than a person consented to. NotFound
// where the call is not held, or no more.
func (h *Hold) Parts(project heed.ProjectID, id heed.ResponseID, scope heed.AttachmentScope) ([]vault.AttachmentPart, error) {
	call, ok := h.get(project, id)
	if !ok {
		return nil, heed.Errorf(heed.NotFound, "the gateway does not hold this answer, or no more: send its parts")
	}
	asked, ok := call.asked(scope)
	if !ok {
		return nil, heed.InvalidField("body.held", "is a request of which nobody can tell the messages apart: send the parts that the person consented to")
	}
	if len(asked) >= vault.MaxAttachmentParts { // which nobody could open
		return nil, heed.Errorf(heed.TooLarge, "an attachment has at most 2000 messages: attach less")
	}
	var parts []vault.AttachmentPart
	for _, turn := range asked {
		parts = append(parts, vault.AttachmentPart{Role: turn.Role, Text: privacy.NewRaw(turn.Text)})
	}
	if answer := heed.KeptText(call.output.Expose()); answer != "" {
		parts = append(parts, vault.AttachmentPart{Role: "assistant", Text: privacy.NewRaw(answer)})
	}
	return parts, nil
}

// asked returns what of the request a scope means, and false where nobody can tell.
func (c *heldCall) asked(scope heed.AttachmentScope) ([]command.Turn, bool) {
	body := []byte(c.input.Expose())
	if c.api == "" {
		// A text to go on from may have a whole conversation in it.
		prompt := promptOf(body)
		return []command.Turn{{Role: "user", Text: prompt}}, prompt != "" && scope == heed.ScopeConversation
	}
	turns, ok := command.Turns(c.api, body)
	if !ok || len(turns) == 0 {
		return nil, false
	}
	switch scope {
	case heed.ScopeConversation:
		return turns, true
	case heed.ScopeAnswer:
		for i := len(turns) - 1; i >= 0; i-- {
			if turns[i].Role == "user" {
				return turns[i : i+1], true
			}
		}
		return nil, c.output.Len() > 0 // nobody asked, as where a tool did
	}
	return nil, false
}

// promptOf is what a request for a completion has the model go on from: a text, or
// as JSON a list of them.
func promptOf(body []byte) string {
	s := &scan{text: body}
	for s.open('{'); s.more('}'); {
		if string(s.key()) != "prompt" {
			s.skip()
			continue
		}
		value := s.skip()
		if len(value) > 0 && value[0] == '[' {
			return string(value)
		}
		return textIn(value)
	}
	return ""
}
