package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture/link"
)

const (
	// askWithin is how long Slack may take to show the dialog: it wants an answer
	// to the click within three seconds, and the trigger is good for as long.
	askWithin = 2 * time.Second
	// maxSaidBytes bounds what is read of Slack's answer.
	maxSaidBytes = 64 << 10

	callbackID   = "heed_reason"
	tagsBlock    = "tags"
	commentBlock = "comment"

	// Limits that Slack has.
	maxCheckboxes   = 10
	maxOptionText   = 75
	maxCommentRunes = 3000
)

// metadata is what a dialog knows of the answer that it is about.
type metadata struct {
	ResponseID heed.ResponseID `json:"response_id"`
}

// object is a part of what Slack shows.
type object map[string]any

func plain(text string) object { return object{"type": "plain_text", "text": text, "emoji": false} }

// dialog asks for the reason of a bad vote, with the tags that the project offers.
func dialog(tags []link.Tag, about metadata) (object, error) {
	said, err := json.Marshal(about)
	if err != nil {
		return nil, err
	}
	blocks := []object{}
	if len(tags) > 0 {
		blocks = append(blocks, object{
			"type": "input", "block_id": tagsBlock, "optional": true, "label": plain("What went wrong?"), "element": choices(tags),
		})
	}
	blocks = append(blocks, object{
		"type": "input", "block_id": commentBlock, "optional": true, "label": plain("Anything to add?"),
		"element": object{"type": "plain_text_input", "action_id": commentBlock, "multiline": true, "max_length": maxCommentRunes},
	})
	return object{
		"type": "modal", "callback_id": callbackID, "private_metadata": string(said), "blocks": blocks,
		"title": plain("About this answer"), "submit": plain("Send"), "close": plain("Not now"),
	}, nil
}

// choices shows tags as boxes to tick or, where Slack has no room for so many, as
// a menu.
func choices(tags []link.Tag) object {
	var options []object
	for _, tag := range tags {
		options = append(options, object{"text": plain(shortened(tag.Label)), "value": tag.Name})
	}
	if len(options) <= maxCheckboxes {
		return object{"type": "checkboxes", "action_id": tagsBlock, "options": options}
	}
	return object{"type": "multi_static_select", "action_id": tagsBlock, "placeholder": plain("Choose"), "options": options}
}

func shortened(label string) string {
	if runes := []rune(label); len(runes) > maxOptionText {
		return string(runes[:maxOptionText-1]) + "…"
	}
	return label
}

// ask has Slack show the dialog.
func (a *API) ask(ctx context.Context, c *call, response heed.ResponseID) error {
	project, err := a.o.Authority.Project(ctx, c.app.Project)
	if err != nil {
		return err
	}
	view, err := dialog(link.InWords(project.Tags), metadata{response})
	if err != nil {
		return err
	}
	token, err := a.o.Secrets.Unwrap(TokenPurpose(c.app.Project), c.app.BotToken)
	if err != nil {
		return err
	}
	return a.post(ctx, "/views.open", string(token), object{"trigger_id": c.Trigger, "view": view})
}

// post calls a method of Slack. Its errors are Slack's own words for what is
// wrong, such as expired_trigger_id.
func (a *API) post(ctx context.Context, method, token string, body object) error {
	encoded, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(a.o.Slack, "/")+method, bytes.NewReader(encoded))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	answer, err := a.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	var said struct {
		OK    bool   `json:"ok"`
		Error string `json:"error"`
	}
	if answer.StatusCode != http.StatusOK {
		return errors.New("the answer is " + http.StatusText(answer.StatusCode))
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, maxSaidBytes)).Decode(&said); err != nil {
		return errors.New("the answer is no JSON")
	}
	if !said.OK {
		return errors.New("the answer is " + word(said.Error))
	}
	return nil
}

// word keeps a name, and nothing else that somebody might have answered.
func word(name string) string {
	if len(name) > 64 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") != "" || name == "" {
		return "what is no error of Slack's"
	}
	return name
}
