package notice

import (
	"encoding/json"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// vocabulary is every text in one language. Amounts of time are by the forms that
// plurals have in it (CLDR).
type vocabulary struct {
	tag     language.Tag
	Name    string            `json:"name"` // of the language, in itself
	Words   map[string]string `json:"words"`
	Days    map[string]string `json:"days"`
	Hours   map[string]string `json:"hours"`
	Minutes map[string]string `json:"minutes"`
}

// loadWords reads the vocabularies: English, then the others by their tags.
func loadWords() ([]vocabulary, error) {
	names, err := files.ReadDir("words")
	if err != nil {
		return nil, err
	}
	var all []vocabulary
	for _, file := range names {
		text, err := files.ReadFile(path.Join("words", file.Name()))
		if err != nil {
			return nil, err
		}
		var v vocabulary
		if err := json.Unmarshal(text, &v); err != nil {
			return nil, err
		}
		if v.tag, err = language.Parse(strings.TrimSuffix(file.Name(), ".json")); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	slices.SortStableFunc(all, func(a, b vocabulary) int { return last(a) - last(b) })
	return all, nil
}

func last(v vocabulary) int {
	if v.tag == language.English {
		return 0
	}
	return 1
}

// direction is how the language is written.
func (v *vocabulary) direction() string {
	if script, _ := v.tag.Script(); script.String() == "Arab" {
		return "rtl"
	}
	return "ltr"
}

// amount is so many of something, such as days.
func (v *vocabulary) amount(of map[string]string, n int) string {
	form := [...]string{plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other"}
	text, ok := of[form[plural.Cardinal.MatchPlural(v.tag, n, 0, 0, 0, 0)]]
	if !ok {
		text = of["other"]
	}
	return strings.ReplaceAll(text, "{n}", strconv.Itoa(n))
}

// span is a length of time, in whole hours or minutes; what is less is a minute.
func (v *vocabulary) span(d time.Duration) string {
	if d%time.Hour == 0 {
		return v.amount(v.Hours, int(d/time.Hour))
	}
	return v.amount(v.Minutes, int((d+time.Minute-1)/time.Minute))
}
