package heed_test

import (
	"testing"

	"github.com/heed-ai/heed"
)

func TestContactLink(t *testing.T) {
	for contact, want := range map[string]string{
		"":                             "",
		"privacy@acme.example":         "mailto:privacy@acme.example",
		"a?cc=b@acme.example":          "mailto:a%3Fcc=b@acme.example",
		"Ada <ada@acme.example>":       "",
		"https://acme.example/privacy": "https://acme.example/privacy",
		"https://":                     "",
		"https://u:p@acme.example":     "",
		"javascript:alert(1)":          "",
		"data:text/html,x":             "",
		"The desk on the ground floor": "",
	} {
		if got := (heed.PrivacyPolicy{Contact: contact}).ContactLink(); got != want {
			t.Errorf("%q: %q, want %q", contact, got, want)
		}
	}
}
