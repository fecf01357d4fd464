package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// history makes up responses of an AI product, and what people did with them,
// evenly over a span of time. The same history has the same events whenever
// it is made.
type history struct {
	from      time.Time
	span      time.Duration
	responses int
	batch     int     // responses in a request
	shown     float64 // share of responses with a signal that says so
	rated     float64 // share of responses with feedback
}

var (
	models = [...]struct{ provider, name string }{
		{"openai", "gpt-5.1"}, {"openai", "gpt-5.1-mini"}, {"anthropic", "claude-sonnet-4-5"},
		{"anthropic", "claude-haiku-4-5"}, {"mistral", "mistral-large-3"},
	}
	versions = [...]string{"v11", "v12", "v13", "v14"}
	problems = [...]string{"timeout", "rate_limit", "overloaded", "content_filter"}
	tags     = [...]string{"incorrect", "not_asked", "incomplete", "style_format"}
)

func (h history) batches() int { return (h.responses + h.batch - 1) / h.batch }

// at is when response i began.
func (h history) at(i int) time.Time {
	return h.from.Add(time.Duration(float64(h.span) * float64(i) / float64(h.responses))).UTC()
}

func responseID(i int) string { return "chatcmpl-" + strconv.Itoa(1_000_000_000+i) }

// body makes the request of batch n and says how many events it holds.
func (h history) body(n int) (body []byte, events int) {
	random := rand.New(rand.NewPCG(1, uint64(n)))
	first, end := n*h.batch, min((n+1)*h.batch, h.responses)
	body = append(make([]byte, 0, h.batch*480), `{"events":[`...)
	for i := first; i < end; i++ {
		at := h.at(i)
		body = appendResponse(body, random, i, at)
		events++
		if random.Float64() < h.shown {
			body = append(body, `,{"type":"signal","name":"shown","response_id":"`...)
			body = append(append(body, responseID(i)...), `","time":"`...)
			body = append(at.Add(2*time.Second).AppendFormat(body, timeLayout), `"}`...)
			events++
		}
		if random.Float64() < h.rated {
			body = appendRating(body, random, i, at.Add(time.Minute))
			events++
		}
		if i+1 < end {
			body = append(body, ',')
		}
	}
	return append(body, `]}`...), events
}

// timeLayout is for times in UTC.
const timeLayout = "2006-01-02T15:04:05.000000Z"

func appendResponse(body []byte, random *rand.Rand, i int, at time.Time) []byte {
	model := models[random.IntN(len(models))]
	body = append(append(body, `{"type":"response","response_id":"`...), responseID(i)...)
	body = at.AppendFormat(append(body, `","time":"`...), timeLayout)
	body = append(append(body, `","operation":"chat","provider":"`...), model.provider...)
	body = append(append(body, `","model":"`...), model.name...)
	body = append(append(body, `","prompt_name":"support","prompt_version":"`...), versions[random.IntN(len(versions))]...)
	body = append(body, `","environment":"production","feature":"chat","conversation_id":"c-`...)
	body = strconv.AppendInt(body, int64(i/4), 10)
	body = strconv.AppendInt(append(body, `","user":"u-`...), int64(random.IntN(people)), 10)
	body = strconv.AppendInt(append(body, `","input_tokens":`...), int64(200+random.IntN(3000)), 10)
	body = strconv.AppendInt(append(body, `,"output_tokens":`...), int64(20+random.IntN(700)), 10)
	body = strconv.AppendFloat(append(body, `,"cost_usd":`...), random.Float64()/50, 'f', 5, 64)
	if random.IntN(100) == 0 {
		body = append(append(body, `,"status":"error","error_type":"`...), problems[random.IntN(len(problems))]...)
		return append(body, `"}`...)
	}
	first := math.Exp(6 + random.NormFloat64()/2)
	body = strconv.AppendFloat(append(body, `,"ttft_ms":`...), first, 'f', 1, 64)
	body = strconv.AppendFloat(append(body, `,"duration_ms":`...), first+math.Exp(7.3+random.NormFloat64()*0.6), 'f', 1, 64)
	return append(body, `,"status":"ok","finish_reason":"stop"}`...)
}

func appendRating(body []byte, random *rand.Rand, i int, at time.Time) []byte {
	body = append(append(body, `,{"type":"feedback","response_id":"`...), responseID(i)...)
	body = at.AppendFormat(append(body, `","time":"`...), timeLayout)
	body = strconv.AppendInt(append(body, `","user":"u-`...), int64(random.IntN(people)), 10)
	if random.IntN(4) > 0 {
		return append(body, `","vote":"up"}`...)
	}
	body = append(append(body, `","vote":"down","tags":["`...), tags[random.IntN(len(tags))]...)
	return append(body, `"]}`...)
}

// load sends the history over as many connections, in order of time as far as
// they allow, and waits while the server is busy.
func (h history) load(ctx context.Context, c *caller, secret string, connections int) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var next atomic.Int64
	failures := &failures{}
	var senders sync.WaitGroup
	for range connections {
		senders.Go(func() {
			for n := int(next.Add(1)) - 1; n < h.batches() && ctx.Err() == nil; n = int(next.Add(1)) - 1 {
				body, events := h.body(n)
				if err := sendBatch(ctx, c, secret, body, events); err != nil {
					failures.add(err)
					cancel()
				}
			}
		})
	}
	senders.Wait()
	return failures.err(h.batches())
}

// sendBatch sends one request of events until it is taken, and checks that all
// of them were.
func sendBatch(ctx context.Context, c *caller, secret string, body []byte, events int) error {
	post := request{method: http.MethodPost, path: "/v1/events", credential: secret, body: body, status: http.StatusOK}
	for {
		answer, err := c.call(ctx, post)
		if refused, ok := errors.AsType[*statusError](err); ok && refused.busy() {
			if err := wait(ctx, max(refused.retryAfter, 100*time.Millisecond)); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		if taken := fmt.Sprintf(`"accepted":%d,`, events); !contains(answer, taken) {
			return fmt.Errorf("of %d events not all were accepted: %.300s", events, answer)
		}
		return nil
	}
}

// wait sleeps, but not longer than ctx lives.
func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
