package outward_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/outward"
)

// hostile is what somebody may have written where a title stands.
const hostile = "<!channel> <https://evil.example|click> *bold* `code` & <script>alert(1)</script>\r\nBcc: eve@example.com"

func hostileMessage() *outward.Message {
	m := message()
	m.Project, m.Issue = "p<&>", "https://github.example/acme/app/issues/7?a=1|b&c=<2>"
	m.Title, m.Lines = hostile, []string{"@here <@U123> " + strings.Repeat("é&", 2000), "second", tag}
	return m
}

// tag is what somebody who votes may have chosen for one, which a review tells of.
const tag = "“[pay](https://evil.example) now\n\n@channel\u202e www.evil.example ada@evil.example\u0085!”"

// leads reports whether a program could make a link of something in a text, or call
// somebody.
func leads(text string) bool {
	for _, sign := range []string{"https://evil", "evil.example", "@here", "@channel", "@evil", "www.evil", "](", "\u202e", "\u0085"} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}

type slackText struct {
	Type, Text string
	Verbatim   bool
}

// TestSlack: what arrives has the shape that incoming webhooks take, and nothing in
// it speaks to Slack.
func TestSlack(t *testing.T) {
	var got struct {
		Text   string
		Blocks []struct {
			Type     string
			Text     *slackText
			Elements []slackText
		}
		UnfurlLinks *bool `json:"unfurl_links"`
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("webhook-signature") != "" {
			t.Errorf("%s %v", r.Method, r.Header)
		}
		decoder := json.NewDecoder(r.Body)
		if err := decoder.Decode(&got); err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, "ok")
	}))
	defer server.Close()
	if r := outward.Slack(&outward.Target{URL: server.URL}, hostileMessage(), "https://heed.test"); r.Outcome != heed.OutcomeTaken {
		t.Fatal(r)
	}
	if len(got.Blocks) != 2 || got.Blocks[0].Type != "section" || got.Blocks[0].Text.Type != "mrkdwn" || got.Blocks[1].Type != "context" || got.UnfurlLinks == nil || *got.UnfurlLinks {
		t.Fatalf("%+v", got)
	}
	section := got.Blocks[0].Text.Text
	if !got.Blocks[0].Text.Verbatim || !got.Blocks[1].Elements[0].Verbatim {
		t.Error("Slack makes links of what looks like some")
	}
	for _, text := range []string{got.Text, section} {
		if strings.ContainsAny(text, "<>`\r") || len([]rune(text)) > 3000 || text == "" {
			t.Errorf("%q", text)
		}
		if rest := strings.NewReplacer("&amp;", "", "&lt;", "", "&gt;", "").Replace(text); strings.Contains(rest, "&") {
			t.Errorf("an & is not escaped: %.80q", rest)
		}
	}
	if leads(section) || strings.Count(section, "*") != 2 || !strings.HasPrefix(section, "*&lt;!channel&gt;") {
		t.Errorf("%.120q", section)
	}
	if want := "p&lt;&amp;&gt; · <https://heed.test/findings/fnd_1?project=p%3C%26%3E|Open it in Heed> · <https://github.example/acme/app/issues/7?a=1%7Cb&amp;c=&lt;2&gt;|Open the issue>"; got.Blocks[1].Elements[0].Text != want {
		t.Errorf("%q", got.Blocks[1].Elements[0].Text)
	}
	m := message()
	m.Lines = []string{tag}
	if r := outward.Slack(&outward.Target{URL: server.URL}, m, ""); r.Outcome != heed.OutcomeTaken || leads(got.Text) || leads(got.Blocks[0].Text.Text) || strings.Count(got.Blocks[0].Text.Text, "\n") != 1 {
		t.Errorf("%v: %q", r, got.Blocks[0].Text.Text)
	}
}

// post office: an SMTP server that keeps what it takes.
type office struct {
	mu    sync.Mutex
	mails []taken
	fail  *smtp.SMTPError
	gone  map[string]*smtp.SMTPError // mailboxes that it does not take
}

type taken struct {
	from string
	to   []string
	data string
	tls  bool
}

func (o *office) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, secure := c.TLSConnectionState()
	return &visit{office: o, mail: taken{tls: secure}}, nil
}

type visit struct {
	office *office
	mail   taken
}

func (v *visit) Reset()        { v.mail = taken{tls: v.mail.tls} }
func (v *visit) Logout() error { return nil }
func (v *visit) Mail(from string, _ *smtp.MailOptions) error {
	v.mail.from = from
	return nil
}

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.office.mu.Lock()
	defer v.office.mu.Unlock()
	if v.office.fail != nil {
		return v.office.fail
	}
	if no := v.office.gone[to]; no != nil {
		return no
	}
	v.mail.to = append(v.mail.to, to)
	return nil
}

func (v *visit) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	v.mail.data = string(text)
	v.office.mu.Lock()
	defer v.office.mu.Unlock()
	v.office.mails = append(v.office.mails, v.mail)
	return err
}

// openOffice serves SMTP with STARTTLS, by a certificate that this process trusts.
func openOffice(t *testing.T, secure bool) (*office, outward.SMTPConfig) {
	t.Helper()
	o := &office{}
	server := smtp.NewServer(o)
	server.Domain, server.AllowInsecureAuth = "localhost", true
	if secure {
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	c := outward.DefaultSMTPConfig()
	c.Host, c.Port, c.From = "localhost", listener.Addr().(*net.TCPAddr).Port, "Heed <heed@example.com>"
	return o, c
}

// certificate is for localhost, and trusted by whoever reads the roots that
// SSL_CERT_FILE names.
var certificate tls.Certificate

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "heed-outward")
	if err == nil {
		err = trustOneself(filepath.Join(dir, "roots.pem"))
	}
	if err != nil {
		panic(err)
	}
	status := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(status)
}

func trustOneself(file string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	plan := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, plan, plan, &key.PublicKey, key)
	if err != nil {
		return err
	}
	certificate = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		return err
	}
	return os.Setenv("SSL_CERT_FILE", file)
}

// TestMail: a mail arrives over TLS, in plain text and HTML, with what is hostile as
// text, no header more, and an id that stays.
func TestMail(t *testing.T) {
	o, c := openOffice(t, true)
	target := &outward.Target{To: []string{"ada@example.com", "bob@example.com"}}
	for range 2 {
		if got := outward.Mail(c, target, delivery(), hostileMessage(), "https://heed.test"); got.Outcome != heed.OutcomeTaken {
			t.Fatal(got)
		}
	}
	if len(o.mails) != 2 {
		t.Fatalf("%d mails", len(o.mails))
	}
	first := o.mails[0]
	if !first.tls || first.from != "heed@example.com" || cmp.Diff(target.To, first.to) != "" {
		t.Errorf("%+v", first)
	}
	one, err := mail.ReadMessage(strings.NewReader(first.data))
	if err != nil {
		t.Fatal(err)
	}
	if one.Header.Get("Bcc") != "" || one.Header.Get("Message-Id") != "<msg_1@example.com>" || one.Header.Get("Auto-Submitted") != "auto-generated" || one.Header.Get("Date") == "" {
		t.Errorf("%v", one.Header)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(one.Header.Get("Subject"))
	if err != nil || !strings.HasPrefix(subject, "<!channel>") || strings.ContainsAny(subject, "\r\n") {
		t.Errorf("%q (%v)", subject, err)
	}
	plain, html := parts(t, one)
	if !strings.Contains(plain, "\n"+hostileMessage().Issue+"\r\n") || !strings.Contains(html, `href="https://github.example/acme/app/issues/7?a=1%7cb&amp;c=%3c2%3e"`) {
		t.Errorf("the issue is not linked: %q %q", plain[len(plain)-200:], html[len(html)-600:])
	}
	if !strings.Contains(plain, "<script>") || !strings.Contains(plain, "https://heed.test/findings/fnd_1") {
		t.Errorf("%.300q", plain)
	}
	for kind, text := range map[string]string{"plain": plain, "HTML": html, "subject": subject} {
		if leads(text) || strings.Contains(text, "\nBcc") {
			t.Errorf("%s: %.300q … %q", kind, text, text[max(0, len(text)-300):])
		}
	}
	if strings.Contains(html, "<script>") || !strings.Contains(html, "&lt;script&gt;") || !strings.Contains(html, `href="https://heed.test/findings/fnd_1?project=p%3C%26%3E"`) {
		t.Errorf("%.600q", html)
	}
	again, err := mail.ReadMessage(strings.NewReader(o.mails[1].data))
	if err != nil || again.Header.Get("Message-Id") != one.Header.Get("Message-Id") {
		t.Errorf("the second try is %v (%v)", again.Header, err)
	}
}

// parts decodes the two forms of a mail.
func parts(t *testing.T, m *mail.Message) (plain, html string) {
	t.Helper()
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	reader := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			return plain, html
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			html = string(text)
		} else {
			plain = string(text)
		}
	}
}

// TestMailTrouble: a server that is down, refuses, or offers no TLS is not a taken
// mail, and without TLS nothing is said.
func TestMailTrouble(t *testing.T) {
	target := &outward.Target{To: []string{"ada@example.com"}}
	send := func(c outward.SMTPConfig) outward.Outcome {
		return outward.Mail(c, target, delivery(), message(), "")
	}
	if got := send(outward.SMTPConfig{}); got.Outcome != heed.OutcomeUnconfigured {
		t.Errorf("without a server: %+v", got)
	}
	insecure, c := openOffice(t, false)
	if got := send(c); got.Outcome == heed.OutcomeTaken || len(insecure.mails) > 0 {
		t.Errorf("a server without TLS: %+v, %d mails", got, len(insecure.mails))
	}
	c.TLS = outward.NoTLS
	if got := send(c); got.Outcome != heed.OutcomeTaken || len(insecure.mails) != 1 {
		t.Errorf("without TLS, as it is asked for: %+v, %d mails", got, len(insecure.mails))
	}
	for _, code := range []int{450, 550} {
		insecure.fail = &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "no"}
		if got := send(c); got.Outcome != heed.OutcomeRefused || got.Status != code {
			t.Errorf("refused with %d: %+v", code, got)
		}
	}
	c.Port = 1
	if got := send(c); got.Outcome != heed.OutcomeUnreachable {
		t.Errorf("a server that is down: %+v", got)
	}
}

// TestMailboxes: somebody who left keeps no mail from the others; one whose mailbox
// is refused for the time being is waited for, and not for ever.
func TestMailboxes(t *testing.T) {
	o, c := openOffice(t, true)
	target := &outward.Target{To: []string{"ada@example.com", "bob@example.com"}}
	d := delivery()
	send := func() outward.Outcome { return outward.Mail(c, target, d, message(), "") }
	no := func(code int, who ...string) {
		o.gone = map[string]*smtp.SMTPError{}
		for _, mailbox := range who {
			o.gone[mailbox] = &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "no"}
		}
	}
	no(550, "ada@example.com")
	if got := send(); got.Outcome != heed.OutcomeTaken || got.Status != 550 || len(o.mails) != 1 || cmp.Diff([]string{"bob@example.com"}, o.mails[0].to) != "" {
		t.Errorf("one of two is gone: %+v, %+v", got, o.mails)
	}
	no(550, target.To...)
	if got := send(); got.Outcome != heed.OutcomeRefused || got.Status != 550 || len(o.mails) != 1 {
		t.Errorf("both are gone: %+v, %d mails", got, len(o.mails))
	}
	no(450, "ada@example.com")
	for d.Tries = range 2 {
		if got := send(); got.Outcome != heed.OutcomeRefused || got.Status != 450 || len(o.mails) != 1 {
			t.Errorf("one is full, at try %d: %+v, %d mails", d.Tries+1, got, len(o.mails))
		}
	}
	d.Tries = 2
	if got := send(); got.Outcome != heed.OutcomeTaken || got.Status != 450 || len(o.mails) != 2 {
		t.Errorf("one is full for long: %+v, %d mails", got, len(o.mails))
	}
}

// TestMailServerSaysNothing: a mail server that hangs, at first or later, is given up
// on when the process stops.
func TestMailServerSaysNothing(t *testing.T) {
	for name, says := range map[string]string{"nothing": "", "a greeting": "220 localhost\r\n250 localhost\r\n"} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				_, _ = io.WriteString(conn, says)
			}
		}()
		c := outward.DefaultSMTPConfig()
		c.Host, c.Port, c.From, c.TLS = "localhost", listener.Addr().(*net.TCPAddr).Port, "heed@example.com", outward.NoTLS
		ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
		begun := time.Now()
		got := outward.MailWithin(ctx, c, &outward.Target{To: []string{"ada@example.com"}}, delivery(), message(), "")
		if took := time.Since(begun); got.Outcome != heed.OutcomeLate || took > outward.SendWithin*4/5 {
			t.Errorf("one that says %s: %+v after %v", name, got, took)
		}
		stop()
		_ = listener.Close()
	}
}

func TestSMTPConfig(t *testing.T) {
	for name, change := range map[string]func(*outward.SMTPConfig){
		"no sender":                      func(c *outward.SMTPConfig) { c.From = "" },
		"a sender with a header":         func(c *outward.SMTPConfig) { c.From = "a@example.com\r\nBcc: b@example.com" },
		"a password in the clear":        func(c *outward.SMTPConfig) { c.TLS, c.User, c.Password = outward.NoTLS, "u", "p" },
		"a user without a password":      func(c *outward.SMTPConfig) { c.User = "u" },
		"a protection that is not known": func(c *outward.SMTPConfig) { c.TLS = "maybe" },
		"a port that is none":            func(c *outward.SMTPConfig) { c.Port = 70000 },
	} {
		c := outward.DefaultSMTPConfig()
		c.Host, c.From = "mail.example.com", "heed@example.com"
		if err := c.Validate(); err != nil {
			t.Fatal(err)
		}
		if change(&c); c.Validate() == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
