package outward

import (
	"context"
	"net/http"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// Outcome is how a try went, for tests from outside.
type Outcome struct {
	Outcome heed.DeliveryOutcome
	Status  int
	After   time.Duration
}

// Schedule is how long after each try the next one is.
var Schedule = schedule

const (
	GiveUpAfter = giveUpAfter
	SendWithin  = sendWithin
	Turn        = turn
	AtOnce      = atOnce
)

// Speak has endpoints of a kind spoken to by a test.
func (o *Outward) Speak(kind heed.EndpointKind, say func(ctx context.Context, t *Target, d *heed.Delivery) Outcome) {
	o.ways[kind] = spoken(say)
}

type spoken func(ctx context.Context, t *Target, d *heed.Delivery) Outcome

func (s spoken) pace() (int, time.Duration) { return webhookPace, 0 }

func (s spoken) send(ctx context.Context, t *Target, d *heed.Delivery, _ *Message) result {
	o := s(ctx, t, d)
	return result{o.Outcome, o.Status, o.After}
}

// PostTo makes one try over a transport of a test's own.
func PostTo(transport http.RoundTripper, t *Target, d *heed.Delivery, m *Message) Outcome {
	client := newWebClient(false)
	client.Transport = transport
	return outcome(webhook{client}.send(contextOf(), t, d, m))
}

// PostPrivately makes one try that may or may not go to private addresses.
func PostPrivately(private bool, t *Target, d *heed.Delivery, m *Message) Outcome {
	return outcome(webhook{newWebClient(private)}.send(contextOf(), t, d, m))
}

// Slack makes one try.
func Slack(t *Target, m *Message, console string) Outcome {
	return outcome(slack{newWebClient(true), console}.send(contextOf(), t, nil, m))
}

// Mail makes one try.
func Mail(c SMTPConfig, t *Target, d *heed.Delivery, m *Message, console string) Outcome {
	return MailWithin(contextOf(), c, t, d, m, console)
}

// MailWithin makes one try that ends with ctx.
func MailWithin(ctx context.Context, c SMTPConfig, t *Target, d *heed.Delivery, m *Message, console string) Outcome {
	return outcome(email{c, console}.send(ctx, t, d, m))
}

// Judge says what follows from a try.
func Judge(e *heed.Endpoint, d heed.Delivery, o Outcome, at time.Time) store.TryResult {
	return judge(e, d, result{o.Outcome, o.Status, o.After}, at, at)
}

func outcome(r result) Outcome { return Outcome{r.outcome, r.status, r.after} }

func contextOf() context.Context { return context.Background() }

// Tell tells what a history has of a project after a position.
func (o *Outward) Tell(ctx context.Context, project heed.ProjectID, name string) (all []Told, err error) {
	for _, h := range o.histories {
		if h.Name() != name {
			continue
		}
		found, _, err := h.After(ctx, project, 0, pageSize)
		if err != nil {
			return nil, err
		}
		steps := make([]Step, len(found))
		for i, e := range found {
			steps[i] = Step{e.Object, e.Number}
		}
		all = append(all, h.Tell(ctx, project, steps)...)
	}
	return all, nil
}
