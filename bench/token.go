package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// claims are those of a feedback token that an application sets.
type claims struct {
	Audience string   `json:"aud"`
	Response string   `json:"rid"`
	Subject  string   `json:"sub,omitempty"`
	Answered int64    `json:"rat,omitempty"`
	Acts     []string `json:"act,omitempty"`
	Issued   int64    `json:"iat"`
	Expires  int64    `json:"exp"`
}

// minter makes feedback tokens as an application does: without Heed, with the
// standard library of its language.
type minter struct {
	key    []byte
	header string
}

func newMinter(secretKey string) (*minter, error) {
	parts := strings.Split(secretKey, "_")
	if len(parts) != 4 {
		return nil, fmt.Errorf("a secret key has four parts, not %d", len(parts))
	}
	key := sha256.Sum256([]byte("heed-token-v1:" + secretKey))
	header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT","kid":"` + parts[2] + `"}`))
	return &minter{key[:], header}, nil
}

func (m *minter) mint(c claims) (string, error) {
	var payload bytes.Buffer
	encoder := json.NewEncoder(&payload)
	encoder.SetEscapeHTML(false) // other languages do not
	if err := encoder.Encode(c); err != nil {
		return "", err
	}
	signed := m.header + "." + base64.RawURLEncoding.EncodeToString(bytes.TrimSpace(payload.Bytes()))
	mac := hmac.New(sha256.New, m.key)
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), nil
}
