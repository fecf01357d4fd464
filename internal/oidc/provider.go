// Package oidc asks an identity provider who somebody is, by OpenID Connect: the
// authorization code flow with PKCE (S256), state and nonce. It knows no members,
// and keeps nothing but what the provider says of itself.
package oidc

import (
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/heed-ai/heed"
)

// How long somebody may take at the provider, how long the provider may take to
// answer Heed and how much it may say, and how long what it says of itself is
// believed. Its keys are asked for again when one is not known.
const (
	FlowLifetime      = 10 * time.Minute
	patience          = 10 * time.Second
	maxAnswerBytes    = 1 << 20
	discoveryLifetime = time.Hour
)

// Provider is an identity provider. It is asked when somebody signs in, and not
// before: Heed starts while it is down. Safe for concurrent use.
type Provider struct {
	config Config
	client *http.Client

	turn       chan struct{} // held by whoever reads or asks
	discovered *oidc.Provider
	at         time.Time
	failure    error
	failedAt   time.Time
}

// New makes a Provider of a Config that is valid.
func New(c Config) *Provider {
	return &Provider{config: c, turn: make(chan struct{}, 1), client: &http.Client{
		Timeout: patience, Transport: bounded{http.DefaultTransport},
		// A client secret is told to the address that the provider named, and to
		// none that this one names.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Name is what people call the provider.
func (p *Provider) Name() string { return p.config.Name }

// Flow is what the browser keeps while somebody is at the provider. Whoever could
// read it could sign in as them; it is to be sealed.
type Flow struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"`
	Ends     time.Time `json:"ends"`
}

// Begin returns the address at the provider where somebody says who they are,
// and what is needed when they come back to redirect. Unavailable if the provider
// does not answer.
func (p *Provider) Begin(ctx context.Context, redirect string) (Flow, string, error) {
	provider, err := p.discover(ctx)
	if err != nil {
		return Flow{}, "", err
	}
	f := Flow{State: oauth2.GenerateVerifier(), Nonce: oauth2.GenerateVerifier(), Verifier: oauth2.GenerateVerifier(), Ends: time.Now().Add(FlowLifetime)}
	return f, p.asClient(provider, redirect).AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), nil
}

// Finish returns who came back with an answer. The redirect is the one that the
// flow began with. Its errors are Refusals, or Unavailable if the provider does
// not answer.
func (p *Provider) Finish(ctx context.Context, f Flow, redirect string, answer url.Values) (Person, error) {
	if time.Now().After(f.Ends) || subtle.ConstantTimeCompare([]byte(answer.Get("state")), []byte(f.State)) != 1 {
		return Person{}, refuse(ReasonState, nil, "this is no answer to a sign-in that began in this browser within the last ten minutes: begin again")
	}
	if issuer := answer.Get("iss"); issuer != "" && issuer != p.config.Issuer { // RFC 9207
		return Person{}, refuse(ReasonState, nil, "another identity provider answered than the one that was asked: begin again")
	}
	if code := answer.Get("error"); code != "" {
		return Person{}, p.refusedThere(code)
	}
	provider, err := p.discover(ctx)
	if err != nil {
		return Person{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	tokens, err := p.asClient(provider, redirect).Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return Person{}, p.notExchanged(err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	token, err := provider.VerifierContext(oidc.ClientContext(context.WithoutCancel(ctx), p.client), &oidc.Config{ClientID: p.config.ClientID}).Verify(ctx, raw)
	if err != nil {
		return Person{}, p.distrust(err)
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(f.Nonce)) != 1 {
		return Person{}, p.distrust(errors.New("the nonce is of another sign-in"))
	}
	var claims claimSet
	if err := token.Claims(&claims); err != nil {
		return Person{}, p.distrust(errors.New("the claims cannot be read"))
	}
	if party := claims.text("azp"); token.Subject == "" || len(token.Audience) > 1 && party != p.config.ClientID || party != "" && party != p.config.ClientID {
		return Person{}, p.distrust(errors.New("it was made for another client"))
	}
	return p.person(ctx, provider, token, tokens, claims)
}

// person makes of claims who somebody is. What the ID token leaves out, as many
// do with groups, is asked for.
func (p *Provider) person(ctx context.Context, provider *oidc.Provider, token *oidc.IDToken, tokens *oauth2.Token, claims claimSet) (Person, error) {
	_, grouped := claims[p.config.GroupsClaim]
	if provider.UserInfoEndpoint() != "" && (!grouped || claims.text("name") == "" || claims.text("email") == "") {
		info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
		if err != nil {
			return Person{}, unreachable(err)
		}
		var more claimSet
		if info.Subject != token.Subject || info.Claims(&more) != nil {
			return Person{}, p.distrust(errors.New("its user info is of somebody else"))
		}
		// Who vouches for an address vouches for no other.
		switch email := claims.text("email"); email {
		case "":
			delete(claims, "email_verified")
		case more.text("email"):
		default:
			delete(more, "email_verified")
		}
		for name, value := range more {
			if _, ok := claims[name]; !ok {
				claims[name] = value
			}
		}
	}
	return Person{
		Issuer: p.config.Issuer, Subject: token.Subject,
		Name: claims.name(), Email: claims.text("email"), EmailVerified: claims.yes("email_verified"), Groups: claims.list(p.config.GroupsClaim),
	}, nil
}

// Check asks the provider for what it says of itself, and whether it knows this
// client.
func (p *Provider) Check(ctx context.Context) error {
	provider, err := p.discover(ctx)
	if err != nil {
		return err
	}
	var says struct {
		Challenges []string `json:"code_challenge_methods_supported"`
	}
	if err := provider.Claims(&says); err == nil && len(says.Challenges) > 0 && !slices.Contains(says.Challenges, "S256") {
		return heed.Errorf(heed.Unsupported, "the identity provider does not take PKCE with S256, which Heed needs: turn it on there")
	}
	// A code that is none tells a client that is known from one that is not.
	_, err = p.asClient(provider, "https://heed.invalid/enter/oidc").Exchange(oidc.ClientContext(ctx, p.client), "heed-doctor", oauth2.VerifierOption(oauth2.GenerateVerifier()))
	if refused := p.notExchanged(err); ReasonOf(refused) != ReasonCode {
		return refused
	}
	return nil
}

// asClient is Heed as an OAuth 2 client.
func (p *Provider) asClient(provider *oidc.Provider, redirect string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.config.ClientID, ClientSecret: p.config.ClientSecret, Endpoint: provider.Endpoint(), RedirectURL: redirect,
		Scopes: append([]string{oidc.ScopeOpenID}, p.config.Scopes...),
	}
}

// discover returns what the provider says of itself, at most an hour old; older
// where it does not answer now. It asks once for all who wait: one after the other
// they would wait for ever, while it hangs.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	came := time.Now()
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return nil, unreachable(ctx.Err())
	}
	if p.discovered != nil && time.Since(p.at) < discoveryLifetime {
		return p.discovered, nil
	}
	if !p.failedAt.After(came) { // else it was asked for who came meanwhile
		if p.failure = p.ask(context.WithoutCancel(ctx)); p.failure != nil {
			p.failedAt = time.Now()
		}
	}
	if _, differs := errors.AsType[*oidc.IssuerMismatchError](p.failure); p.failure != nil && (differs || p.discovered == nil) {
		return nil, p.failure
	}
	return p.discovered, nil
}

// ask asks the provider for what it says of itself.
func (p *Provider) ask(ctx context.Context) error {
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.config.Issuer)
	if mismatch, differs := errors.AsType[*oidc.IssuerMismatchError](err); differs {
		return heed.Wrap(heed.Unavailable, mismatch, "the identity provider calls itself otherwise than oidc.issuer says: an admin sets that to what stands as issuer in its /.well-known/openid-configuration")
	}
	if err != nil {
		return unreachable(err)
	}
	p.discovered, p.at = found, time.Now()
	return nil
}

// bounded is a transport that reads so much of an answer and no more.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		answer.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(answer.Body, maxAnswerBytes), answer.Body}
	}
	return answer, err
}
