package build

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/dataset"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/vault"
)

// errChanged says that an item is not as it was when its version was built.
var errChanged = errors.New("an item is not as it was")

// pass reads the items of a version, in their order.
type pass struct {
	b       *Builder
	d       *heed.Dataset
	v       *heed.DatasetVersion
	redact  redaction
	counts  heed.DatasetCounts // of what is found in them
	version string
}

func (b *Builder) newPass(ctx context.Context, d *heed.Dataset, v *heed.DatasetVersion) (*pass, error) {
	redact, err := b.redactionOf(ctx, d.Project)
	return &pass{b: b, d: d, v: v, redact: redact, counts: heed.DatasetCounts{Notices: map[string]int64{}}, version: fmt.Sprintf("%s/%d", v.Dataset, v.Number)}, err
}

// each hands on every item. errChanged where one is not as it was.
func (p *pass) each(ctx context.Context, use func(*dataset.Item) error) error {
	return p.pages(ctx, func(items []heed.DatasetItem) error {
		found, err := p.b.find(ctx, p.d.Project, idsOf(items, feedbackOf))
		if err != nil {
			return err
		}
		for i := range items {
			item, err := p.item(ctx, &items[i], found)
			if err != nil {
				return err
			}
			if err := use(item); err != nil {
				return err
			}
		}
		return nil
	})
}

func feedbackOf(i heed.DatasetItem) heed.FeedbackID { return i.Feedback }

// pages reads the manifest.
func (p *pass) pages(ctx context.Context, use func([]heed.DatasetItem) error) error {
	for from := int64(0); ; {
		items, err := p.b.Catalog.Items(ctx, *p.v, from, atOnce)
		if err != nil || len(items) == 0 {
			return err
		}
		if err := use(items); err != nil {
			return err
		}
		from = items[len(items)-1].Place + 1
	}
}

// item makes one item out of what is kept.
func (p *pass) item(ctx context.Context, of *heed.DatasetItem, found *found) (*dataset.Item, error) {
	f, ok := found.feedback[of.Feedback]
	if !ok || !f.UpdatedAt.Equal(of.Updated) {
		return nil, errChanged
	}
	response := found.responseOf(&f)
	item := &dataset.Item{
		Provenance: dataset.Provenance{
			FeedbackID: f.ID, ResponseID: response.ID, OtherID: f.PreferredOver, Trust: f.Trust, Use: p.d.Purpose,
			ReviewedBy: of.ReviewedBy, ReviewedAt: of.ReviewedAt, LookedAt: of.Texts, DatasetVersion: p.version,
		},
		Labels: response.Labels, Given: f.CreatedAt, Vote: f.Vote, Score: f.Score, Tags: f.Tags, Surface: f.Surface,
	}
	if item.ResponseID == "" {
		item.ResponseID = f.ResponseID
	}
	if !of.Texts {
		return item, nil
	}
	var err error
	if item.Comment, err = p.text(ctx, string(f.ID), "comment", f.Comment); err != nil {
		return nil, err
	}
	if item.Correction, err = p.text(ctx, string(f.ID), "correction", f.Correction); err != nil {
		return nil, err
	}
	if of.Attachment != "" {
		err = p.attached(ctx, of, item)
	} else {
		err = p.stored(ctx, &f, &response, found, item)
	}
	switch {
	case len(item.Question) > 0 && item.Answer != "":
		p.counts.Content++
	case len(item.Question) == 0 && item.Answer == "":
		item.Content, item.ConsentVersion = "", "" // half of it says where it comes from, too
	}
	return item, err
}

// text opens a sealed text and redacts it again. It is empty where it cannot be.
func (p *pass) text(ctx context.Context, object, field string, sealed vault.Sealed) (string, error) {
	if sealed.IsZero() {
		return "", nil
	}
	text, err := p.b.Vault.Open(ctx, vault.Place{Project: p.d.Project, Object: object, Field: field}, sealed)
	switch {
	case errors.Is(err, vault.ErrShredded), errors.Is(err, vault.ErrWithheld), errors.Is(err, vault.ErrTampered):
		p.counts.Withheld++
		return "", nil
	case err != nil:
		return "", err
	}
	cleaned, ok, err := p.redact.clean(ctx, text)
	if !ok && err == nil {
		p.counts.Withheld++
	}
	return cleaned, err
}

// stored takes what the project keeps of the response.
func (p *pass) stored(ctx context.Context, f *store.Feedback, r *store.Response, found *found, item *dataset.Item) error {
	input, err := p.text(ctx, string(r.ID), "input", r.Input)
	if err != nil || input == "" {
		return err
	}
	output, err := p.text(ctx, string(r.ID), "output", r.Output)
	if err != nil || output == "" {
		return err
	}
	item.Content = dataset.Stored
	var more bool
	item.Question, item.More = dataset.Conversation(input)
	item.Answer, more = dataset.AnswerOf(output)
	item.More = item.More || more
	other, ok := found.responses[f.PreferredOver]
	if f.PreferredOver == "" || !ok {
		return nil
	}
	question, err := p.text(ctx, string(other.ID), "input", other.Input)
	if err != nil {
		return err
	}
	asked, more := dataset.Conversation(question)
	if more || !slices.Equal(asked, item.Question) {
		return nil // an answer to another question is no worse one
	}
	answer, err := p.text(ctx, string(other.ID), "output", other.Output)
	if err != nil {
		return err
	}
	if item.Other, more = dataset.AnswerOf(answer); more {
		item.Other = ""
	}
	return nil
}

// attached takes what the person attached, for what they agreed to.
func (p *pass) attached(ctx context.Context, of *heed.DatasetItem, item *dataset.Item) error {
	a, sealed, err := p.b.Catalog.Attachment(ctx, p.d.Project, of.Attachment)
	if heed.CodeOf(err) == heed.NotFound || err == nil && (sealed == nil || !a.Consent.Allows(p.d.Purpose)) {
		return errChanged
	}
	if err != nil {
		return err
	}
	parts, err := p.b.Vault.Reveal(ctx, a, sealed)
	switch {
	case errors.Is(err, vault.ErrShredded):
		return errChanged
	case errors.Is(err, vault.ErrTampered):
		p.counts.Withheld++
		return nil
	case err != nil:
		return err
	}
	var said []dataset.Message
	for _, part := range parts {
		text, ok, err := p.redact.clean(ctx, part.Text)
		if err != nil {
			return err
		}
		if !ok {
			p.counts.Withheld++
			return nil
		}
		said = append(said, dataset.Message{Role: part.Role, Content: text})
	}
	item.Question, item.Answer, item.More = dataset.Split(said)
	item.Content, item.ConsentVersion = dataset.Attached, a.Consent.Version
	if len(item.Question) > 0 || item.Answer != "" {
		p.counts.Notices[a.Consent.Version]++
	}
	if len(item.Question) > 0 && item.Answer != "" {
		p.counts.Attached++
	}
	return nil
}
