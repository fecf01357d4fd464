package privacy

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/heed-ai/heed"
)

// Recognizer finds personal data by what this package does not have, such as a
// model that knows names. It is asked besides the detectors, never instead of
// them. Implementations are safe for concurrent use.
type Recognizer interface {
	// Within is how long one request may wait for all of its texts together.
	Within() time.Duration
	// Recognize finds what it can in a text. Findings may come in any order and
	// may overlap. After an error nothing is known of the text.
	Recognize(ctx context.Context, text Raw) ([]Finding, error)
}

// CleanBy redacts a text with the findings of a recogniser added to its own; a
// nil recogniser adds none. Where the recogniser fails, or says what cannot be
// true of the text, the text comes back withheld.
func (c *Cleaner) CleanBy(ctx context.Context, r Recognizer, text Raw) Clean {
	if r == nil {
		return c.Clean(text)
	}
	clean, _, _ := c.RedactBy(ctx, r, text)
	return clean
}

// RedactBy is CleanBy that also lists what was found. A withheld text comes
// with the error that says why, of code TooLarge, Unavailable where the
// recogniser failed, or Internal.
func (c *Cleaner) RedactBy(ctx context.Context, r Recognizer, text Raw) (Clean, []Finding, error) {
	var told []span
	if r != nil && !text.IsZero() && text.Len() <= MaxTextBytes {
		findings, err := r.Recognize(ctx, text)
		if err == nil {
			told, err = spansOf(text.open(), findings)
		}
		if err != nil {
			return newClean(text, "", err), nil, heed.Wrap(heed.Unavailable, err, "the recogniser of the project did not answer as it should: heed doctor says more")
		}
	}
	cleaned, findings, err := c.redact(text.open(), told, true)
	return newClean(text, cleaned, err), findings, explain(text, err)
}

// spansOf turns findings, which count code points, into spans, which count
// bytes. Findings that lie outside of the text or are of no type are an error:
// whoever made them looked at another text.
func spansOf(text string, findings []Finding) ([]span, error) {
	if len(findings) == 0 {
		return nil, nil
	}
	if len(findings) > maxFindings {
		return nil, errWithheld
	}
	starts := make([]int, 0, utf8.RuneCountInString(text)+1)
	for i := range text {
		starts = append(starts, i)
	}
	starts = append(starts, len(text))
	spans := make([]span, 0, len(findings))
	for _, f := range findings {
		k, known := kindOf(f.Type)
		if !known || f.Start < 0 || f.End <= f.Start || f.End >= len(starts) {
			return nil, errWithheld
		}
		spans = append(spans, span{starts[f.Start], starts[f.End], k})
	}
	return spans, nil
}
