package widget

import (
	"embed"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/heed-ai/heed"
)

// Form is what the feedback form of a project offers and says, in one
// language.
type Form struct {
	Language   string            `json:"lang" doc:"A language tag (BCP 47) out of those that Heed speaks."`
	Tags       [][2]string       `json:"tags" doc:"What may have gone wrong: name and label, in the order to show."`
	Comment    bool              `json:"comment" doc:"Whether to ask for a comment; the credential allows it."`
	Correction bool              `json:"correction" doc:"Whether to ask what the answer should have said."`
	Words      map[string]string `json:"words" doc:"Every text of the form."`
}

//go:embed words
var wordFiles embed.FS

// vocabulary is every text in one language.
type vocabulary struct {
	Words map[string]string `json:"words"`
	Tags  map[string]string `json:"tags"` // labels of the default tags
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

// formOf makes a project's form in the language that comes nearest to a
// language tag such as de-AT.
func (p *Pages) formOf(project heed.Project, tag string, texts bool) Form {
	language, _, _ := strings.Cut(strings.ToLower(tag), "-")
	words, ok := p.words[language]
	if !ok {
		language, words = defaultLanguage, p.words[defaultLanguage]
	}
	form := Form{Language: language, Tags: [][2]string{}, Comment: texts, Correction: texts, Words: words.Words}
	for _, name := range unsafeLast(project.Tags) {
		label, ok := words.Tags[name]
		if !ok {
			label = strings.ReplaceAll(name, "_", " ")
		}
		form.Tags = append(form.Tags, [2]string{name, label})
	}
	return form
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
