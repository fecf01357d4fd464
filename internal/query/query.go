// Package query holds questions about what is stored, as typed values with
// their bounds checked, and the answers to them. A store translates a
// question into its own dialect; there is no SQL here.
package query

import "github.com/heed-ai/heed"

// problems gathers what is wrong with one question. Messages say what is
// allowed and never repeat what was asked.
type problems []heed.FieldError

func (p *problems) add(location, message string) {
	*p = append(*p, heed.FieldError{Location: location, Message: message})
}

func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return &heed.Error{Code: heed.Invalid, Message: p[0].Location + " " + p[0].Message, Fields: p}
}
