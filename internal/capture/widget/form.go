package widget

import (
	"embed"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture/attach"
	"github.com/heed-ai/heed/internal/statement"
)

// Form is what the feedback form of a project offers and says, in one
// language.
type Form struct {
	Language   string            `json:"lang" doc:"A language tag (BCP 47) out of those that Heed speaks."`
	Style      heed.FormStyle    `json:"style,omitempty" doc:"What is clicked on first, where it is not thumbs." enum:"stars,faces"`
	Tags       [][2]string       `json:"tags" doc:"What may have gone wrong: name and label, in the order to show."`
	Praise     [][2]string       `json:"praise" doc:"What may have gone well."`
	Questions  []AskedQuestion   `json:"questions,omitempty"`
	Comment    bool              `json:"comment" doc:"Whether to ask for a comment; the credential allows it."`
	Correction bool              `json:"correction" doc:"Whether to ask what the answer should have said."`
	Words      map[string]string `json:"words" doc:"Every text of the form."`
	Script     string            `json:"script,omitempty" doc:"Where the widget finds the code for this form, if it needs more than thumbs and tags."`
	Privacy    string            `json:"privacy,omitempty" doc:"Where people are told what becomes of their feedback, if the project names a contact."`
	Told       string            `json:"told,omitempty" doc:"Where the widget finds the code that tells people what became of earlier feedback, if there is anything to tell."`
	Attach     *Attach           `json:"attach,omitempty" doc:"How people can attach what was said, where they may."`
}

// Attach is what a page needs to seal an attachment, and what it tells people
// before.
type Attach struct {
	KeyID     string        `json:"key_id"`
	PublicKey string        `json:"public_key" doc:"Uncompressed point of P-256, in base64url without padding."`
	Info      string        `json:"info" doc:"HPKE's info; its aad is the feedback's id."`
	MaxBytes  int           `json:"max_bytes"`
	Notice    attach.Notice `json:"notice"`
	Script    string        `json:"script" doc:"Where the widget finds the code for it, once somebody voted."`
	Deliver   string        `json:"deliver" doc:"Where it finds what seals and sends, once somebody attaches."`
}

// AskedQuestion is one of the project's own questions.
type AskedQuestion struct {
	Text    string      `json:"text"`
	Choices [][2]string `json:"choices" doc:"Tag and label; empty where the answer is written, as a part of the comment."`
}

//go:embed words
var wordFiles embed.FS

// vocabulary is every text in one language.
type vocabulary struct {
	Words  map[string]string `json:"words"`
	Attach map[string]string `json:"attach"` // words of forms that let people attach what was said
	Told   map[string]string `json:"told"`   // words that say what became of feedback
	Tags   map[string]string `json:"tags"`   // labels of the default tags, and of usual praise
	Stars  [5]string         `json:"stars"`  // one to five
	Faces  [5]string         `json:"faces"`  // from the worst to the best
}

const defaultLanguage = "en"

// loadWords reads the vocabularies, by language.
func loadWords() (map[string]vocabulary, error) {
	files, err := wordFiles.ReadDir("words")
	if err != nil {
		return nil, err
	}
	words := make(map[string]vocabulary, len(files))
	for _, file := range files {
		text, err := wordFiles.ReadFile(path.Join("words", file.Name()))
		if err != nil {
			return nil, err
		}
		var v vocabulary
		if err := json.Unmarshal(text, &v); err != nil {
			return nil, err
		}
		words[strings.TrimSuffix(file.Name(), ".json")] = v
	}
	return words, nil
}

// formOf makes the form of a project's feature in the language that comes
// nearest to a language tag such as de-AT.
func (p *Pages) formOf(project heed.Project, feature, tag string, texts bool) Form {
	language, _, _ := strings.Cut(strings.ToLower(tag), "-")
	words, ok := p.words[language]
	if !ok {
		language, words = defaultLanguage, p.words[defaultLanguage]
	}
	asked := project.Form(feature)
	if asked.Tags == nil {
		asked.Tags = project.Tags
	}
	form := Form{
		Language: language, Tags: labelled(words, unsafeLast(asked.Tags)), Praise: labelled(words, asked.Praise),
		Comment: texts && !asked.NoComment, Correction: texts && !asked.NoCorrection, Words: maps.Clone(words.Words),
	}
	if asked.Style == heed.StyleStars || asked.Style == heed.StyleFaces {
		form.Style = asked.Style
		maps.Copy(form.Words, words.scale(asked.Style))
	}
	if project.Privacy.Contact != "" {
		form.Privacy = statement.Page(project.ID)
	}
	maps.Copy(form.Words, asked.Words)
	for _, q := range asked.Questions {
		if len(q.Choices) == 0 && !texts {
			continue
		}
		question := AskedQuestion{Text: q.Text, Choices: [][2]string{}}
		for _, choice := range q.Choices {
			question.Choices = append(question.Choices, [2]string{q.Tag(choice), labelOf(words, choice)})
		}
		form.Questions = append(form.Questions, question)
	}
	return form
}

// labelled gives each tag the words that people read.
func labelled(words vocabulary, tags []string) [][2]string {
	all := make([][2]string, 0, len(tags))
	for _, name := range tags {
		all = append(all, [2]string{name, labelOf(words, name)})
	}
	return all
}

func labelOf(words vocabulary, tag string) string {
	if label, ok := words.Tags[tag]; ok {
		return label
	}
	return strings.ReplaceAll(tag, "_", " ")
}

// scale is what the five values of a style are called.
func (v vocabulary) scale(style heed.FormStyle) map[string]string {
	names := v.Faces
	if style == heed.StyleStars {
		names = v.Stars
	}
	called := map[string]string{}
	for i, name := range names {
		called[strconv.Itoa(i+1)] = name
	}
	return called
}

// unsafeLast moves the tag unsafe to the end, where it is always found.
func unsafeLast(tags []string) []string {
	tags = slices.Clone(tags)
	slices.SortStableFunc(tags, func(a, b string) int { return rank(a) - rank(b) })
	return tags
}

func rank(tag string) int {
	if tag == "unsafe" {
		return 1
	}
	return 0
}
