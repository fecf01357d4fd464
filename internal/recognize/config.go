// Package recognize asks programs that know names, such as Presidio with a
// model, what they find in a text. The operator says which there are and where
// they run; a project chooses one by its name. What they find is added to what
// internal/privacy finds, and where they fail the text is withheld.
package recognize

import (
	"errors"
	"net/url"
	"time"

	"github.com/heed-ai/heed"
)

// Config is one recogniser, as the operator writes it.
type Config struct {
	// URL is where POST {url}/analyze is answered.
	URL string `yaml:"url"`
	// Language is what its texts are said to be written in; Presidio wants one.
	Language string `yaml:"language,omitempty"`
	// Within is how long one request may wait for all of its texts, such as 2s.
	Within string `yaml:"within,omitempty"`
	// AtOnce is how many texts are sent to it at the same time.
	AtOnce int `yaml:"at_once,omitempty"`
	// Score is the least score of what counts, from 0 to 1.
	Score float64 `yaml:"score,omitempty"`
	// Ignore lists entity types that do not count; absent, those of dates and
	// web addresses.
	Ignore []string `yaml:"ignore,omitempty"`
}

// Defaults and bounds of a Config.
const (
	DefaultLanguage = "en"
	DefaultWithin   = 2 * time.Second
	DefaultAtOnce   = 4
	DefaultScore    = 0.4 // as in Presidio's own measurements

	MinWithin = 50 * time.Millisecond
	MaxWithin = 30 * time.Second
	MaxAtOnce = 64
)

// defaultIgnore are what makes most texts unreadable when it is replaced, and
// seldom says who somebody is.
func defaultIgnore() []string { return []string{"DATE_TIME", "URL"} }

// Validate names what is wrong with a Config under a name.
func (c Config) Validate(name string) error {
	address, err := url.Parse(c.URL)
	switch {
	case !heed.ValidRecognizer(name):
		return errors.New("needs a name of a–z, 0–9 and hyphens, at most 32 characters")
	case err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" || address.RawQuery != "" || address.Fragment != "" || address.User != nil:
		return errors.New("needs a url such as http://127.0.0.1:5002, without a password or a query")
	case c.AtOnce < 0 || c.AtOnce > MaxAtOnce:
		return errors.New("takes at_once from 1 to 64")
	case !(c.Score >= 0 && c.Score <= 1):
		return errors.New("takes a score from 0 to 1")
	case len(c.Language) > 16:
		return errors.New("takes a language such as en")
	}
	if c.Within != "" {
		if d, err := time.ParseDuration(c.Within); err != nil || d < MinWithin || d > MaxWithin {
			return errors.New("takes within from 50ms to 30s, such as 2s")
		}
	}
	return nil
}

// completed fills in what the operator left out.
func (c Config) completed() Config {
	if c.Language == "" {
		c.Language = DefaultLanguage
	}
	if c.Within == "" {
		c.Within = DefaultWithin.String()
	}
	if c.AtOnce == 0 {
		c.AtOnce = DefaultAtOnce
	}
	if c.Score == 0 {
		c.Score = DefaultScore
	}
	if c.Ignore == nil {
		c.Ignore = defaultIgnore()
	}
	return c
}
