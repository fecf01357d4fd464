package main

import (
	"errors"
	"net/http"
	"net/http/cookiejar"

	"github.com/heed-ai/heed/internal/api"
)

// asMember signs a member in at a server for as long as work takes. The password is
// the first line of a file or, without one, asked for at the terminal.
func asMember(env *environment, address, name, passwordFile string, work func(*client) error) (err error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	c, err := clientOf(address, "", jar)
	if err != nil {
		return err
	}
	password, err := askSecret(passwordFile, "Password of "+name+": ", "the password of "+name, "--password-file")
	if err != nil {
		return err
	}
	if err := c.do(env.ctx, http.MethodPost, "/v1/session", "", api.SignInBody{Name: name, Password: password}, nil); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.do(env.ctx, http.MethodDelete, "/v1/session", "", nil, nil)) }()
	return work(c)
}
