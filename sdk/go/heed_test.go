package heed_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	heed "github.com/heed-ai/heed/sdk/go"
)

func TestTokenVectors(t *testing.T) {
	text, err := os.ReadFile("../../schema/vectors/tokens.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Name      string
		SecretKey string `json:"secret_key"`
		Token     string
		Minted    bool
		Claims    json.RawMessage
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	minted := 0
	for _, v := range vectors {
		if !v.Minted {
			continue
		}
		minted++
		var c struct {
			Rid, Sub      string
			Rat, Iat, Exp int64
			Act           []heed.Act
		}
		if err := json.Unmarshal(v.Claims, &c); err != nil {
			t.Fatal(err)
		}
		claims := heed.Claims{
			ResponseID: c.Rid, User: c.Sub, Acts: c.Act,
			IssuedAt: time.Unix(c.Iat, 0), Lifetime: time.Duration(c.Exp-c.Iat) * time.Second,
		}
		if c.Rat != 0 {
			claims.ResponseTime = time.Unix(c.Rat, 0)
		}
		if got, err := heed.MintToken(v.SecretKey, claims); err != nil || got != v.Token {
			t.Errorf("%s: %s (%v)", v.Name, got, err)
		}
	}
	if minted < 6 {
		t.Errorf("%d vectors are minted", minted)
	}
}

func TestTokenRefusals(t *testing.T) {
	const key = "heed_sk_Vectors1_ForTestVectorsOnlyNeverInService34mXXU"
	for name, c := range map[string]struct {
		key    string
		claims heed.Claims
	}{
		"publishable key": {"heed_pk_Vectors1_x", heed.Claims{ResponseID: "r"}},
		"no response":     {key, heed.Claims{}},
		"long response":   {key, heed.Claims{ResponseID: strings.Repeat("r", 257)}},
		"NUL":             {key, heed.Claims{ResponseID: "a\x00"}},
		"long life":       {key, heed.Claims{ResponseID: "r", Lifetime: heed.MaxTokenLifetime + time.Second}},
		"unknown act":     {key, heed.Claims{ResponseID: "r", Acts: []heed.Act{"read"}}},
	} {
		if token, err := heed.MintToken(c.key, c.claims); err == nil {
			t.Errorf("%s: %s", name, token)
		}
	}
}

// TestServer walks against a real Heed, where HEED_URL and HEED_KEY name one.
func TestServer(t *testing.T) {
	client := &heed.Client{URL: os.Getenv("HEED_URL"), Key: os.Getenv("HEED_KEY")}
	if client.URL == "" {
		t.Skip("HEED_URL names no server")
	}
	rejected, err := client.Send(t.Context(), []heed.Event{
		{"type": "response", "response_id": "go-1", "model": "m-1", "status": "ok"},
		{"type": "nonsense"},
	})
	if err != nil || len(rejected) != 1 || rejected[0].Index != 1 {
		t.Fatalf("%+v, %v", rejected, err)
	}
	state, err := client.Give(t.Context(), heed.Feedback{ResponseID: "go-1", Vote: "down", Tags: []string{"incorrect"}, Comment: "no", User: "u-1"})
	if err != nil || state.Vote != "down" || !state.HasComment || !state.Bound {
		t.Fatalf("%+v, %v", state, err)
	}
	state, err = client.Give(t.Context(), heed.Feedback{ResponseID: "go-1", User: "u-1", Clear: []string{"comment"}})
	if err != nil || state.Vote != "down" || state.HasComment {
		t.Errorf("%+v, %v", state, err)
	}
	if state, err = client.Retract(t.Context(), state.ID); err != nil || state.Vote != "none" {
		t.Errorf("%+v, %v", state, err)
	}
	token, err := heed.MintToken(client.Key, heed.Claims{ResponseID: "go-2"})
	if err != nil {
		t.Fatal(err)
	}
	state, err = (&heed.Client{URL: client.URL, Key: token}).Give(t.Context(), heed.Feedback{Vote: "up"})
	if err != nil || state.Trust != "token" {
		t.Errorf("%+v, %v", state, err)
	}
	var problem *heed.Error
	if _, err = client.Give(t.Context(), heed.Feedback{ResponseID: "go-1", Vote: "sideways"}); !errors.As(err, &problem) || problem.Code != "invalid" {
		t.Errorf("%v, want code invalid", err)
	}
}

// A call that may pass is made again with the same key, and one that may not
// is not.
func TestRetries(t *testing.T) {
	var keys []string
	status := http.StatusServiceUnavailable
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		keys = append(keys, r.Header.Get("Idempotency-Key"))
		if len(keys) < 3 {
			w.WriteHeader(status)
			return
		}
		_, _ = w.Write([]byte(`{"vote":"up"}`))
	}))
	defer server.Close()
	client := &heed.Client{URL: server.URL}
	if _, err := client.Give(t.Context(), heed.Feedback{Vote: "up"}); err != nil || len(keys) != 3 || keys[0] == "" || keys[0] != keys[2] {
		t.Errorf("%v after the keys %v", err, keys)
	}
	keys, status = nil, http.StatusBadRequest
	if _, err := client.Give(t.Context(), heed.Feedback{Vote: "up"}); err == nil || len(keys) != 1 {
		t.Errorf("%v after %d calls, want an error after 1", err, len(keys))
	}
}
