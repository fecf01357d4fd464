package heed

import "strconv"

// FeedbackForm is what people are asked about the answers of one feature. The
// zero form is two thumbs and, after a bad vote, the project's tags.
type FeedbackForm struct {
	Feature      string            `json:"feature" doc:"Of the answers it stands under; empty for all that have no form of their own."`
	Style        FormStyle         `json:"style,omitempty" enum:"thumbs,stars,faces" doc:"Stars and faces send a score from 1 to 5; from 4 it is also a good vote, to 2 a bad one."`
	Tags         []string          `json:"tags,omitempty" maxItems:"16" doc:"Offered after a bad vote, instead of the project's tags."`
	Praise       []string          `json:"praise,omitempty" maxItems:"16" doc:"Tags that are offered after any other vote."`
	Questions    []Question        `json:"questions,omitempty" maxItems:"3"`
	NoComment    bool              `json:"no_comment,omitempty"`
	NoCorrection bool              `json:"no_correction,omitempty"`
	Words        map[string]string `json:"words,omitempty" doc:"Texts instead of Heed's, in every language, by the names in GET /v1/form."`
}

// Question is one of a project's own. With choices, an answer is the tag
// NAME:CHOICE; without, it is written, and becomes part of the comment.
type Question struct {
	Name    string   `json:"name" doc:"1 to 24 characters out of A–Z a–z 0–9 _ and -."`
	Text    string   `json:"text" doc:"What people read, at most 200 bytes."`
	Choices []string `json:"choices,omitempty" maxItems:"8" doc:"Each at most 39 bytes."`
}

// Tag is the tag of an answer by choice.
func (q Question) Tag(choice string) string { return q.Name + ":" + choice }

// FormStyle is what people click on first.
type FormStyle string

// Styles of a form; the empty one is StyleThumbs.
const (
	StyleThumbs FormStyle = "thumbs"
	StyleStars  FormStyle = "stars"
	StyleFaces  FormStyle = "faces"
)

// Limits of the forms of one project.
const (
	MaxForms         = 32
	MaxQuestions     = 3
	maxChoices       = 8
	maxQuestionName  = 24
	maxQuestionBytes = 200
	maxWords         = 32
	maxWordBytes     = 200
)

func (v *validator) forms(location string, forms []FeedbackForm) {
	if len(forms) > MaxForms {
		v.fail(location, "has too many entries: at most "+strconv.Itoa(MaxForms))
		return
	}
	seen := map[string]bool{}
	for i := range forms {
		if seen[forms[i].Feature] {
			v.fail(location, "has two forms for one feature")
		}
		seen[forms[i].Feature] = true
		v.form(location, &forms[i])
	}
}

func (v *validator) form(location string, f *FeedbackForm) {
	v.label(location+".feature", f.Feature)
	v.oneOf(location+".style", string(f.Style), "", string(StyleThumbs), string(StyleStars), string(StyleFaces))
	v.tags(location+".tags", f.Tags)
	v.tags(location+".praise", f.Praise)
	if len(f.Questions) > MaxQuestions {
		v.fail(location+".questions", "has too many entries: at most "+strconv.Itoa(MaxQuestions))
	}
	seen := map[string]bool{}
	for _, q := range f.Questions {
		v.question(location+".questions", q)
		if seen[q.Name] {
			v.fail(location+".questions", "has two of one name")
		}
		seen[q.Name] = true
	}
	if len(f.Words) > maxWords {
		v.fail(location+".words", "has too many entries")
	}
	for name, text := range f.Words {
		if name == "" || text == "" {
			v.fail(location+".words", "has an empty entry")
		}
		v.bounded(location+".words", name, maxQuestionName)
		v.bounded(location+".words", text, maxWordBytes)
	}
}

func (v *validator) question(location string, q Question) {
	if len(q.Name) > maxQuestionName {
		v.fail(location+".name", "is too long: at most "+strconv.Itoa(maxQuestionName)+" characters")
	} else {
		v.feedbackID(location+".name", q.Name)
	}
	if q.Text == "" {
		v.fail(location+".text", "is missing")
	}
	v.bounded(location+".text", q.Text, maxQuestionBytes)
	if len(q.Choices) > maxChoices {
		v.fail(location+".choices", "has too many entries: at most "+strconv.Itoa(maxChoices))
		return
	}
	for _, choice := range q.Choices {
		if choice == "" {
			v.fail(location+".choices", "has an empty entry")
		}
		v.bounded(location+".choices", q.Tag(choice), MaxTagBytes)
	}
}
