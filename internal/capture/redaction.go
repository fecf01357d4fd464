package capture

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/heed-ai/heed/internal/privacy"
)

// maxRecognitions bounds how many texts of one request wait for a recogniser
// at the same time. How many it is sent at once is its own bound.
const maxRecognitions = 16

// unclean is a text of an item with the place of what redaction makes of it.
type unclean struct {
	text  privacy.Raw
	clean *privacy.Clean
}

// cleanAll redacts the texts of the valid items that are to be kept. It is
// done before anything is locked, sealed or written. Where the project has a
// recogniser, all texts together wait for it as long as it may take for one
// request, and those that it has not answered by then are withheld. What has
// no text does not wait.
func (b *batch) cleanAll(ctx context.Context, items []Item, outcomes []Outcome) error {
	texts := b.texts(items, outcomes)
	if b.recognizer == nil || len(texts) == 0 {
		for _, t := range texts {
			*t.clean = b.cleaner.Clean(t.text)
		}
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, b.recognizer.Within())
	defer cancel()
	var group errgroup.Group
	group.SetLimit(maxRecognitions)
	for _, t := range texts {
		group.Go(func() error {
			*t.clean = b.cleaner.CleanBy(limited, b.recognizer, t.text)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return ctx.Err() // whoever went away will send it again: it need not be withheld
}

// texts lists the texts of the valid items that are to be kept.
func (b *batch) texts(items []Item, outcomes []Outcome) (texts []unclean) {
	add := func(text privacy.Raw, clean *privacy.Clean) {
		if !text.IsZero() {
			texts = append(texts, unclean{text, clean})
		}
	}
	for i := range items {
		if outcomes[i].Err != nil {
			continue
		}
		switch item := &items[i]; {
		case item.Feedback != nil:
			add(item.Feedback.Comment, &item.Feedback.cleanComment)
			add(item.Feedback.Correction, &item.Feedback.cleanCorrection)
		case item.Response != nil && b.keepsContent():
			add(item.Response.Input, &item.Response.cleanInput)
			add(item.Response.Output, &item.Response.cleanOutput)
		case item.Change != nil:
			add(item.Change.Note, &item.Change.cleanNote)
		}
	}
	return texts
}
