package heed

import (
	"strings"
	"testing"
)

func TestFormsAreChecked(t *testing.T) {
	for _, c := range []struct {
		name  string
		forms []FeedbackForm
		wrong string // the location; empty if nothing is
	}{
		{"none", nil, ""},
		{"whole", []FeedbackForm{
			{Words: map[string]string{"why": "What?"}},
			{Feature: "search", Style: StyleStars, Praise: []string{"clear"}, Questions: []Question{{"found", "Found it?", []string{"yes", "no"}}, {"else", "What else?", nil}}},
		}, ""},
		{"two for one feature", []FeedbackForm{{Feature: "a"}, {Feature: "a"}}, "forms"},
		{"too many", make([]FeedbackForm, MaxForms+1), "forms"},
		{"style", []FeedbackForm{{Style: "hearts"}}, "forms.style"},
		{"praise", []FeedbackForm{{Praise: []string{""}}}, "forms.praise"},
		{"four questions", []FeedbackForm{{Questions: []Question{{"a", "a", nil}, {"b", "b", nil}, {"c", "c", nil}, {"d", "d", nil}}}}, "forms.questions"},
		{"two of one name", []FeedbackForm{{Questions: []Question{{"a", "a", nil}, {"a", "b", nil}}}}, "forms.questions"},
		{"name of a question", []FeedbackForm{{Questions: []Question{{"a b", "a", nil}}}}, "forms.questions.name"},
		{"no text", []FeedbackForm{{Questions: []Question{{"a", "", nil}}}}, "forms.questions.text"},
		{"choice that is no tag", []FeedbackForm{{Questions: []Question{{"a", "a", []string{strings.Repeat("x", MaxTagBytes)}}}}}, "forms.questions.choices"},
		{"NUL", []FeedbackForm{{Words: map[string]string{"why": "\x00"}}}, "forms.words"},
	} {
		p := Project{Name: "p", Content: ContentNone, Commands: CommandsOn, Forms: c.forms, Privacy: DefaultPrivacy()}
		err := p.Validate()
		if c.wrong == "" {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if e, ok := err.(*Error); !ok || e.Fields[0].Location != c.wrong {
			t.Errorf("%s: %v, want %s to be wrong", c.name, err, c.wrong)
		}
	}
}
