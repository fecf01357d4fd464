package oidc

import (
	"errors"
	"net/netip"
	"net/url"
	"slices"
)

// Config names an identity provider and what Heed is there. Where Issuer is
// empty there is none.
type Config struct {
	Issuer       string   // address of the provider, as it calls itself
	ClientID     string   // what the provider calls Heed
	ClientSecret string   // by which it knows Heed; empty for a public client
	Name         string   // what people call it
	Scopes       []string // beyond openid
	GroupsClaim  string   // which claim holds somebody's groups
}

// DefaultConfig asks for what most providers tell.
func DefaultConfig() Config {
	return Config{Name: "single sign-on", Scopes: []string{"profile", "email"}, GroupsClaim: "groups"}
}

// Validate says what cannot be used.
func (c Config) Validate() error {
	u, err := url.Parse(c.Issuer)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http":
		return errors.New("issuer must be an address such as https://id.example.com, as the provider itself writes it")
	case u.Scheme == "http" && !isLocal(u.Hostname()):
		return errors.New("issuer must be an https address: who reads the answers on the way could sign in")
	case c.ClientID == "":
		return errors.New("client_id is missing: the provider gives it when Heed is registered there")
	case c.Name == "":
		return errors.New("name is empty: say what people call the provider")
	case c.GroupsClaim == "":
		return errors.New("groups_claim is empty: name the claim that holds people's groups, such as groups")
	case slices.Contains(c.Scopes, ""):
		return errors.New("scopes must be words such as profile, email and groups")
	}
	return nil
}

func isLocal(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}
