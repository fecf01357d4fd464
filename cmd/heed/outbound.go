package main

import (
	"errors"
	"net/url"
	"strings"

	"github.com/heed-ai/heed/internal/outward"
)

type outboundConfig struct {
	AllowPrivate bool   `yaml:"allow_private"`
	Console      string `yaml:"console"`
}

// validate says what cannot be linked to.
func (c outboundConfig) validate() error {
	if c.Console == "" {
		return nil
	}
	u, err := url.Parse(c.Console)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.HasSuffix(c.Console, "/") {
		return errors.New("must be the console's address without a slash at its end, such as https://heed.example.com")
	}
	return nil
}

type smtpConfig struct {
	Host     string `yaml:"host"`
	Port     int    `yaml:"port"`
	User     string `yaml:"user"`
	Password string `yaml:"password"`
	From     string `yaml:"from"`
	TLS      string `yaml:"tls"`
}

func (c smtpConfig) options() outward.SMTPConfig {
	return outward.SMTPConfig{Host: c.Host, Port: c.Port, User: c.User, Password: c.Password, From: c.From, TLS: outward.SMTPTLS(c.TLS)}
}
