package widget

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
)

// Every language says everything that English says.
func TestEveryLanguageIsWhole(t *testing.T) {
	languages, err := loadWords()
	if err != nil {
		t.Fatal(err)
	}
	if len(languages) < 8 {
		t.Errorf("%d languages, want at least 8", len(languages))
	}
	for language, v := range languages {
		for name := range languages[defaultLanguage].Words {
			if v.Words[name] == "" {
				t.Errorf("%s has no word for %s", language, name)
			}
		}
		for _, tag := range heed.DefaultTags() {
			if v.Tags[tag] == "" {
				t.Errorf("%s has no label for %s", language, tag)
			}
		}
		if len(v.Words) != len(languages[defaultLanguage].Words) {
			t.Errorf("%s has %d words, English %d", language, len(v.Words), len(languages[defaultLanguage].Words))
		}
	}
}

func TestForm(t *testing.T) {
	p, err := New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	project := heed.Project{Tags: []string{"unsafe", "wrong_price", "broken"}}
	for _, c := range []struct{ tag, language, broken string }{
		{"de-AT", "de", "Langsam, Fehler oder hängt"},
		{"PT", "pt", "Lento, erro ou bloqueado"},
		{"en-GB", "en", "Slow, error or stuck"},
		{"tlh", "en", "Slow, error or stuck"},
		{"", "en", "Slow, error or stuck"},
		{"../words/de", "en", "Slow, error or stuck"},
	} {
		form := p.formOf(project, c.tag, true)
		want := [][2]string{{"wrong_price", "wrong price"}, {"broken", c.broken}, {"unsafe", p.words[c.language].Tags["unsafe"]}}
		if diff := cmp.Diff(want, form.Tags); diff != "" || form.Language != c.language || !form.Comment {
			t.Errorf("%q: language %s, tags (-want +got):\n%s", c.tag, form.Language, diff)
		}
	}
	if form := p.formOf(heed.Project{}, "en", false); form.Comment || form.Correction || form.Tags == nil {
		t.Errorf("a token to rate only: %+v", form)
	}
}
