package widget

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture/attach"
	"github.com/heed-ai/heed/internal/vault"
)

// What is attached is shown with marks on addresses and numbers, and with the
// advice to look for the rest: no language promises that all is marked.
func TestHintSaysWhatIsMarked(t *testing.T) {
	languages, err := loadWords()
	if err != nil {
		t.Fatal(err)
	}
	words := map[string][]string{ // of mail, numbers, and the rest
		"ar": {"البريد", "الأرقام", "عداها"}, "de": {"Mail", "Nummern", "alles andere"}, "en": {"mail", "numbers", "rest"},
		"es": {"correo", "números", "el resto"}, "fr": {"e-mail", "numéros", "le reste"}, "ja": {"メール", "番号", "それ以外"},
		"pt": {"e-mail", "números", "o resto"}, "zh": {"邮件", "号码", "其余"},
	}
	for language, v := range languages {
		if len(words[language]) == 0 {
			t.Errorf("nobody says here what is marked in %s", language)
		}
		for _, word := range words[language] {
			if !strings.Contains(v.Attach["hint"], word) {
				t.Errorf("the hint in %s does not say %q: %s", language, word, v.Attach["hint"])
			}
		}
	}
}

// Every language says everything that English says.
func TestEveryLanguageIsWhole(t *testing.T) {
	languages, err := loadWords()
	if err != nil {
		t.Fatal(err)
	}
	if len(languages) < 8 {
		t.Errorf("%d languages, want at least 8", len(languages))
	}
	notices, err := attach.ReadNotices()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(languages)), slices.Sorted(maps.Keys(notices))); diff != "" {
		t.Errorf("what is attached has a notice in other languages (-form +notice):\n%s", diff)
	}
	for language, v := range languages {
		for name := range languages[defaultLanguage].Words {
			if v.Words[name] == "" {
				t.Errorf("%s has no word for %s", language, name)
			}
		}
		for name := range languages[defaultLanguage].Attach {
			if v.Attach[name] == "" || v.Words[name] != "" {
				t.Errorf("%s has no word for %s of attachments, or two", language, name)
			}
		}
		if len(v.Attach) != len(languages[defaultLanguage].Attach) {
			t.Errorf("%s has %d words of attachments, English %d", language, len(v.Attach), len(languages[defaultLanguage].Attach))
		}
		for _, tag := range heed.DefaultTags() {
			if v.Tags[tag] == "" {
				t.Errorf("%s has no label for %s", language, tag)
			}
		}
		for i := range 5 {
			if v.Stars[i] == "" || v.Faces[i] == "" {
				t.Errorf("%s does not name %d of 5", language, i+1)
			}
		}
		if len(v.Words) != len(languages[defaultLanguage].Words) {
			t.Errorf("%s has %d words, English %d", language, len(v.Words), len(languages[defaultLanguage].Words))
		}
	}
}

func TestForm(t *testing.T) {
	p, err := New(nil, nil, nil, nil, nil)
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
		form := p.formOf(project, "", c.tag, true)
		want := [][2]string{{"wrong_price", "wrong price"}, {"broken", c.broken}, {"unsafe", p.words[c.language].Tags["unsafe"]}}
		if diff := cmp.Diff(want, form.Tags); diff != "" || form.Language != c.language || !form.Comment {
			t.Errorf("%q: language %s, tags (-want +got):\n%s", c.tag, form.Language, diff)
		}
	}
	if form := p.formOf(heed.Project{}, "", "en", false); form.Comment || form.Correction || form.Tags == nil {
		t.Errorf("a token to rate only: %+v", form)
	}
}

// A feature has the form that was made for it, and every other the one for all.
func TestFormOfFeature(t *testing.T) {
	p, err := New(nil, nil, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	project := heed.Project{Tags: []string{"broken"}, Forms: []heed.FeedbackForm{
		{Feature: "", Words: map[string]string{"why": "Erzählen Sie"}},
		{
			Feature: "search", Style: heed.StyleStars, Tags: []string{"wrong_price"}, Praise: []string{"accurate"}, NoCorrection: true,
			Questions: []heed.Question{{Name: "found", Text: "Did you find it?", Choices: []string{"yes", "not_quite"}}, {Name: "why", Text: "Why?"}},
		},
	}}
	if got := p.formOf(project, "chat", "en", true); got.Words["why"] != "Erzählen Sie" || got.Style != "" || got.Tags[0][0] != "broken" || !got.Correction {
		t.Errorf("the form for all is %+v", got)
	}
	got, err := p.serveForm(project, "search", "en", true, false)
	if err != nil {
		t.Fatal(err)
	}
	questions := []AskedQuestion{
		{"Did you find it?", [][2]string{{"found:yes", "yes"}, {"found:not_quite", "not quite"}}},
		{"Why?", [][2]string{}},
	}
	if diff := cmp.Diff(questions, got.Questions); diff != "" {
		t.Errorf("questions (-want +got):\n%s", diff)
	}
	if got.Words["5"] != "5 of 5 stars" || got.Words["why"] == "Erzählen Sie" || got.Correction || got.Script == "" || got.Praise[0][1] != "Accurate" {
		t.Errorf("the form of search is %+v", got)
	}
	if got := p.formOf(project, "search", "en", false); len(got.Questions) != 1 {
		t.Errorf("a token to rate only is asked %+v", got.Questions)
	}
	if p.formOf(project, "", "en", true).Words["5"] != "" || p.words["en"].Words["5"] != "" {
		t.Error("the words of one form stand in another")
	}
}

// oneKey is the key of every project.
type oneKey vault.AttachmentKey

func (k oneKey) AttachmentKey(context.Context, heed.Project) (vault.AttachmentKey, error) {
	return vault.AttachmentKey(k), nil
}

// Only forms that let people attach what was said carry the words for that, and
// the project's own words stay.
func TestOffer(t *testing.T) {
	notices, err := attach.ReadNotices()
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(nil, nil, oneKey{ID: "ak_1", Public: []byte{4, 255}, Info: "info"}, notices, nil)
	if err != nil {
		t.Fatal(err)
	}
	project := heed.Project{AttachmentDays: 30, Forms: []heed.FeedbackForm{{Words: map[string]string{"attach_send": "Beilegen"}}}}
	form := p.formOf(project, "", "de", true)
	if form.Words["withdraw"] != "" {
		t.Error("a form without attachments has words for them")
	}
	if err := p.offer(t.Context(), project, &form); err != nil {
		t.Fatal(err)
	}
	if form.Words["withdraw"] != "Zurückziehen" || form.Words["attach_send"] != "Beilegen" {
		t.Errorf("the words are %q", form.Words)
	}
	built, err := p.scripts[attachScript]()
	if err != nil {
		t.Fatal(err)
	}
	deliver, err := p.scripts[deliverScript]()
	if err != nil {
		t.Fatal(err)
	}
	want := &Attach{
		KeyID: "ak_1", PublicKey: "BP8", Info: "info", MaxBytes: 5 << 20, Notice: notices.Of(project, "de"),
		Script:  "/widget/" + built.Version() + "/attach.mjs",
		Deliver: "/widget/" + deliver.Version() + "/deliver.mjs",
	}
	if diff := cmp.Diff(want, form.Attach); diff != "" {
		t.Errorf("attach (-want +got):\n%s", diff)
	}
	if p.formOf(project, "", "de", true).Words["withdraw"] != "" {
		t.Error("the words of one form stand in another")
	}
}
