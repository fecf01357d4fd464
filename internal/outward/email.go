package outward

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/mail"
	"net/textproto"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/heed-ai/heed"
)

// SMTPConfig is how the server sends mail.
type SMTPConfig struct {
	Host     string
	Port     int
	User     string // empty: nobody signs in
	Password string
	From     string
	TLS      SMTPTLS
}

// SMTPTLS says how a connection to the mail server is protected.
type SMTPTLS string

const (
	STARTTLS    SMTPTLS = "starttls" // and no mail without
	ImplicitTLS SMTPTLS = "implicit" // from the first byte on
	NoTLS       SMTPTLS = "none"
)

// DefaultSMTPConfig is what holds where nothing is set.
func DefaultSMTPConfig() SMTPConfig { return SMTPConfig{Port: 587, TLS: STARTTLS} }

// Validate says what cannot be used, where there is a server at all.
func (c SMTPConfig) Validate() error {
	if c.Host == "" {
		return nil
	}
	from, err := mail.ParseAddress(c.From)
	switch {
	case err != nil || strings.ContainsAny(c.From, "\r\n"):
		return errors.New("needs from, an address such as heed@example.com")
	case !strings.Contains(from.Address, "@"):
		return errors.New("needs from, an address such as heed@example.com")
	case c.Port < 1 || c.Port > 65535:
		return errors.New("needs a port such as 587")
	case c.TLS != STARTTLS && c.TLS != ImplicitTLS && c.TLS != NoTLS:
		return errors.New("needs tls to be starttls, implicit or none")
	case (c.User == "") != (c.Password == ""):
		return errors.New("needs both user and password, or neither")
	case c.User != "" && c.TLS == NoTLS:
		return errors.New("needs tls where somebody signs in: a password must not be sent in the clear")
	}
	return nil
}

// client makes a client of the mail server.
func (c SMTPConfig) client() (*gomail.Client, error) {
	options := []gomail.Option{gomail.WithPort(c.Port), gomail.WithTimeout(sendWithin)}
	switch c.TLS {
	case ImplicitTLS:
		options = append(options, gomail.WithSSL())
	case NoTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if c.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(c.User), gomail.WithPassword(c.Password))
	}
	return gomail.NewClient(c.Host, options...)
}

// email speaks SMTP to the server's own mail server.
type email struct {
	smtp    SMTPConfig
	console string
}

func (email) pace() (int, time.Duration) { return 1, 0 }

func (e email) send(ctx context.Context, t *Target, d *heed.Delivery, m *Message) result {
	if e.smtp.Host == "" {
		return result{outcome: heed.OutcomeUnconfigured}
	}
	message, err := e.compose(t, d, m)
	if err != nil {
		return result{outcome: heed.OutcomeRefused}
	}
	p := e.smtp.post(ctx, message, d.Tries-d.Begun < patientTries)
	r := result{outcome: heed.OutcomeTaken}
	if p.refused != nil {
		r.status = p.refused.Code // of a mailbox, while others have it
	}
	if answer, ok := errors.AsType[*textproto.Error](p.err); ok {
		r.outcome, r.status = heed.OutcomeRefused, answer.Code
	} else if p.err != nil {
		r.outcome = outcomeOf(cmp.Or(ctx.Err(), p.err))
	}
	return r
}

// patientTries is how often a mail waits for a mailbox that is refused for the time
// being; after that the others get it without it.
const patientTries = 2

// posted is what became of a mail: what the server said of a mailbox that does not
// get it, and an error if none does.
type posted struct {
	refused *textproto.Error
	err     error
}

// post gives a mail to the mail server. The library knows of ctx only while it
// connects: a server that says nothing is left behind with it, which ends within its
// own timeout, and is told nothing more.
func (c SMTPConfig) post(ctx context.Context, message *gomail.Msg, patient bool) posted {
	done := make(chan posted, 1)
	go func() {
		refused, err := c.converse(ctx, message, patient)
		done <- posted{refused, err}
	}()
	select {
	case p := <-done:
		return p
	case <-ctx.Done():
		return posted{err: ctx.Err()}
	}
}

// converse sends a mail to those mailboxes that the server takes: somebody who left
// keeps nothing from the others. A patient try ends where that may pass.
func (c SMTPConfig) converse(ctx context.Context, message *gomail.Msg, patient bool) (refused *textproto.Error, err error) {
	client, err := c.client()
	if err != nil {
		return nil, err
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	from, err := message.GetSender(false)
	if err != nil {
		return nil, err
	}
	to, err := message.GetRecipients()
	if err != nil {
		return nil, err
	}
	if err := conn.Mail(from); err != nil {
		return nil, err
	}
	taken := 0
	for _, mailbox := range to {
		err := conn.Rcpt(mailbox)
		answer, answered := errors.AsType[*textproto.Error](err)
		switch {
		case err == nil:
			taken++
		case !answered || patient && answer.Code < 500:
			return nil, err
		default:
			refused = answer
		}
	}
	if taken == 0 {
		return nil, refused
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	data, err := conn.Data()
	if err != nil {
		return nil, err
	}
	if _, err := message.WriteTo(data); err != nil {
		return nil, err
	}
	if err := data.Close(); err != nil {
		return nil, err
	}
	_ = conn.Quit() // the mail is theirs, whatever they say to that
	return refused, nil
}

// compose makes the mail. Its Message-ID is the delivery's, the same at every try.
func (e email) compose(t *Target, d *heed.Delivery, m *Message) (*gomail.Msg, error) {
	message := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := message.From(e.smtp.From); err != nil {
		return nil, err
	}
	if err := message.To(t.To...); err != nil {
		return nil, err
	}
	from, err := mail.ParseAddress(e.smtp.From)
	if err != nil {
		return nil, err
	}
	message.SetMessageIDWithValue(string(d.ID) + from.Address[strings.LastIndexByte(from.Address, '@'):])
	message.SetDate()
	title, lines, project := shown(m.Title), shownAll(m.Lines), shown(m.Project)
	message.Subject(title)
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	link := m.link(e.console)
	text := strings.Join(append([]string{title, ""}, lines...), "\n")
	for _, address := range []string{link, m.Issue} {
		if address != "" {
			text += "\n\n" + address
		}
	}
	if project != "" {
		text += "\n\nProject " + project
	}
	message.SetBodyString(gomail.TypeTextPlain, text+"\n")
	var html bytes.Buffer
	if err := mailPage.Execute(&html, mailBody{title, lines, link, m.Issue, project}); err != nil {
		return nil, fmt.Errorf("make a mail: %w", err)
	}
	message.AddAlternativeString(gomail.TypeTextHTML, html.String())
	return message, nil
}

type mailBody struct {
	Title string
	Lines []string
	Link  string
	Issue string

	Project string
}

var mailPage = template.Must(template.New("mail").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><body style="font:15px/1.5 system-ui,sans-serif;color:#1b1f23;max-width:40em">
<p style="font-size:18px"><b>{{.Title}}</b></p>
{{range .Lines}}<p>{{.}}</p>
{{end}}{{if .Link}}<p><a href="{{.Link}}" style="color:#1f6fb2">Open it in Heed</a></p>
{{end}}{{if .Issue}}<p><a href="{{.Issue}}" style="color:#1f6fb2">Open the issue</a></p>
{{end}}<p style="color:#5c6670;font-size:13px">Sent by Heed{{if .Project}} for the project {{.Project}}{{end}}, since somebody of your team asked for it in Settings, Notifications.</p>
</body></html>
`))
