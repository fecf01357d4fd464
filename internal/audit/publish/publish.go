// Package publish takes checkpoints of the audit log off the machine: to the log
// of the process, which somebody else usually keeps, and to a webhook. What has
// left cannot be made unsaid by who rewrites the database.
package publish

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"syscall"
	"time"

	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/reach"
)

// Every is how often a checkpoint is published: who rewrites the log can make up
// at most what was done since.
const Every = time.Hour

const (
	sendWithin  = 5 * time.Second // one try
	maxTries    = 5
	firstWait   = time.Second // before another try, four times as long each time
	maxAnswer   = 64 << 10
	contentType = "text/plain; charset=utf-8"
)

// Options are what a Publisher needs.
type Options struct {
	Checkpoint func(context.Context) (audit.Checkpoint, []byte, error)
	Verifier   string
	Webhook    string // empty: none
	Private    bool   // the webhook may be on this machine or network
	Log        *slog.Logger
}

// Publisher publishes when it begins, every hour, and when it is closed. That it
// does so when it begins is for what was written before the machine lost power:
// else nothing would vouch for it for an hour, or ever, where that comes to pass
// once in each. Safe for concurrent use.
type Publisher struct {
	options  Options
	client   *http.Client
	stop     context.CancelFunc
	stopping context.Context
	done     sync.WaitGroup

	mu       sync.Mutex
	standing audit.Standing
}

// Check names what is wrong with a webhook.
func Check(webhook string) error {
	address, err := url.Parse(webhook)
	if err != nil || address.Host == "" || address.User != nil || address.Scheme != "http" && address.Scheme != "https" {
		return errors.New("must be a url without a password, such as https://witness.example.com/heed")
	}
	return nil
}

// New makes a Publisher, which works until it is closed.
func New(o Options) *Publisher {
	p := &Publisher{options: o, client: reach.Client(sendWithin, o.Private), standing: audit.Standing{Since: time.Now()}}
	if o.Webhook != "" {
		p.standing.Webhook = &audit.Sent{}
	}
	p.stopping, p.stop = context.WithCancel(context.Background())
	p.done.Go(p.run)
	return p
}

// Close publishes a last time, with one try of the webhook, and ends.
func (p *Publisher) Close() error {
	p.stop()
	p.done.Wait()
	return nil
}

// Standing says what has left.
func (p *Publisher) Standing() audit.Standing {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.standing
	if now.Webhook != nil {
		webhook := *now.Webhook
		now.Webhook = &webhook
	}
	return now
}

// note keeps how it went to publish a checkpoint in one way; trouble is empty where
// it was taken.
func (p *Publisher) note(way *audit.Sent, c audit.Checkpoint, trouble string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if trouble != "" {
		way.Trouble = trouble
		return
	}
	*way = audit.Sent{At: time.Now(), Records: c.Size}
}

func (p *Publisher) run() {
	turns := time.NewTicker(Every)
	defer turns.Stop()
	p.publish(p.stopping)
	for {
		select {
		case <-turns.C:
			p.publish(p.stopping)
		case <-p.stopping.Done():
			p.publish(p.stopping)
			return
		}
	}
}

// publish tells the log and the webhook. It is tried again until stopping is
// done.
func (p *Publisher) publish(stopping context.Context) {
	ctx, cancel := context.WithTimeout(context.Background(), sendWithin)
	defer cancel()
	c, signed, err := p.options.Checkpoint(ctx)
	if err != nil {
		p.options.Log.Error("no checkpoint of the audit log could be made", "error", err)
		p.note(&p.standing.Log, c, "none could be made")
		return
	}
	p.options.Log.Info("audit checkpoint", "records", c.Size, "key", p.options.Verifier, "checkpoint", string(signed))
	p.note(&p.standing.Log, c, "")
	if p.options.Webhook == "" {
		return
	}
	wait := firstWait
	for try := 1; ; try++ {
		err := p.send(signed)
		if err == nil {
			p.note(p.standing.Webhook, c, "")
			return
		}
		if try == maxTries || stopping.Err() != nil {
			p.note(p.standing.Webhook, c, err.Error())
			p.options.Log.Warn("the audit webhook did not take a checkpoint", "tries", try, "error", err)
			return
		}
		select {
		case <-time.After(wait):
		case <-stopping.Done(): // another is made then
			return
		}
		wait *= 4
	}
}

// unsent says why nothing was sent or answered, in words of our own: those of the
// causes name the address or quote the answer.
func unsent(err error) error {
	var refused *tls.CertificateVerificationError
	var unknown *net.DNSError
	var timeout net.Error
	var system syscall.Errno
	switch {
	case errors.Is(err, reach.ErrPrivate):
		return errors.New("its address is private: set audit.webhook_private if it is meant to be on this machine or network")
	case errors.As(err, &refused):
		return errors.New("its certificate is not trusted, has ended, or is another's")
	case errors.As(err, &unknown) && !unknown.IsTimeout:
		return errors.New("its name is not known")
	case errors.As(err, &timeout) && timeout.Timeout():
		return errors.New("it did not answer in time")
	case errors.As(err, &system):
		return system
	}
	return errors.New("it does not answer as it should")
}

// send makes one try. Its error holds neither the address nor what was answered.
func (p *Publisher) send(signed []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), sendWithin)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.options.Webhook, bytes.NewReader(signed))
	if err != nil {
		return errors.New("the address is none")
	}
	r.Header.Set("Content-Type", contentType)
	answer, err := p.client.Do(r)
	if err != nil {
		return unsent(err)
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, maxAnswer)
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return fmt.Errorf("it answered with status %d", answer.StatusCode)
	}
	return nil
}
