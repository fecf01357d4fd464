package outward

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/reach"
)

// maxAnswerBytes bounds how much of an answer is read; nobody looks at it.
const maxAnswerBytes = 64 << 10

// webhookPace is how many messages one endpoint is sent at once.
const webhookPace = 4

// webhook speaks Standard Webhooks.
type webhook struct{ client *http.Client }

// newWebClient makes the client of all that is spoken to over HTTP. It keeps
// connections for a while, whose addresses were looked at when they were made.
func newWebClient(private bool) *http.Client {
	client := reach.Client(sendWithin, private)
	if transport, ok := client.Transport.(*http.Transport); ok {
		transport.DisableKeepAlives, transport.IdleConnTimeout, transport.MaxIdleConnsPerHost = false, 30*time.Second, webhookPace
	}
	return client
}

func (webhook) pace() (int, time.Duration) { return webhookPace, 0 }

// payload is the body of a webhook.
type payload struct {
	Type      heed.EventType `json:"type"`
	Timestamp time.Time      `json:"timestamp"`
	Data      any            `json:"data"`
}

func (w webhook) send(ctx context.Context, t *Target, d *heed.Delivery, m *Message) result {
	body, err := json.Marshal(payload{Type: m.Type, Timestamp: m.Time.UTC(), Data: m.Data})
	if err != nil {
		return result{outcome: heed.OutcomeUnreachable}
	}
	now := time.Now()
	var signatures []string
	for _, s := range t.signing(now) {
		signature, err := sign(s, string(d.ID), now, body)
		if err != nil {
			return result{outcome: heed.OutcomeUnreachable}
		}
		signatures = append(signatures, signature)
	}
	return post(ctx, w.client, t.URL, body, map[string]string{
		"webhook-id": string(d.ID), "webhook-timestamp": strconv.FormatInt(now.Unix(), 10), "webhook-signature": strings.Join(signatures, " "),
	})
}

// sign is the signature of Standard Webhooks, version 1.
func sign(s Secret, id string, at time.Time, body []byte) (string, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s.Text, secretPrefix))
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%d.", id, at.Unix())
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
}

// post sends JSON once. Of what is answered it keeps the status.
func post(ctx context.Context, client *http.Client, address string, body []byte, headers map[string]string) result {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return result{outcome: heed.OutcomeUnreachable}
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "Heed")
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	answer, err := client.Do(request)
	if err != nil {
		return result{outcome: outcomeOf(err)}
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, maxAnswerBytes)
	return answered(answer, time.Now())
}

// answered judges an answer.
func answered(answer *http.Response, now time.Time) result {
	r := result{outcome: heed.OutcomeRefused, status: answer.StatusCode}
	switch {
	case answer.StatusCode/100 == 2:
		r.outcome = heed.OutcomeTaken
		return r
	case answer.StatusCode/100 == 3:
		r.outcome = heed.OutcomeRedirected
	case answer.StatusCode == http.StatusGone:
		r.outcome = heed.OutcomeGone
	}
	after := answer.Header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(after, 10, 31); err == nil {
		r.after = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(after); err == nil && at.After(now) {
		r.after = at.Sub(now)
	}
	return r
}

// outcomeOf says in one word why there was no answer. The error itself names the
// address, so nobody is told it.
func outcomeOf(err error) heed.DeliveryOutcome {
	var slow net.Error
	switch {
	case errors.Is(err, reach.ErrPrivate):
		return heed.OutcomePrivate
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return heed.OutcomeLate
	}
	return heed.OutcomeUnreachable
}
