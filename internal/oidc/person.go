package oidc

import (
	"cmp"
	"encoding/json"
)

// Person is somebody as an identity provider knows them. Issuer and Subject
// together are theirs alone and for good; everything else may change, and Name
// may be anybody's.
type Person struct {
	Issuer        string
	Subject       string
	Name          string // to show; may be empty
	Email         string // may be empty
	EmailVerified bool   // the provider has seen that the address is theirs
	Groups        []string
}

// claimSet is what a provider says, by name.
type claimSet map[string]json.RawMessage

// text is a claim that is text; empty if it is none.
func (c claimSet) text(name string) string {
	var text string
	_ = json.Unmarshal(c[name], &text)
	return text
}

// yes is a claim that is true. Some providers write it as text.
func (c claimSet) yes(name string) bool {
	var yes bool
	_ = json.Unmarshal(c[name], &yes)
	return yes || c.text(name) == "true"
}

// list is a claim that is texts, or one.
func (c claimSet) list(name string) []string {
	var list []string
	if json.Unmarshal(c[name], &list) == nil {
		return list
	}
	if text := c.text(name); text != "" {
		return []string{text}
	}
	return nil
}

// name is what to call somebody.
func (c claimSet) name() string {
	return cmp.Or(c.text("name"), c.text("preferred_username"), c.text("email"))
}
