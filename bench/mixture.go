package main

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// people is how many different people use the AI product.
const people = 5_000

// mixture makes feedback as people give it: of a hundred, seventy only vote,
// twenty add a tag or two, and ten write 200 bytes and are named. One in ten
// rates a response that has not arrived yet.
type mixture struct {
	known  history // the responses that have arrived
	secret string
	tokens []string // if any, request i uses token i instead of the secret key
}

const (
	votes    = 70 // of a hundred only vote
	tagged   = 90 // less votes: add tags; the rest write
	arrived  = 90 // of a hundred responses have arrived
	comments = 200
)

// request makes the i-th feedback, always the same.
func (m mixture) request(i int) request {
	body := []byte(`{`)
	credential := m.secret
	if m.tokens != nil {
		credential = m.tokens[i]
	} else {
		body = append(append(append(body, `"response_id":"`...), m.target(i)...), `",`...)
	}
	random := chance(i)
	vote := `"vote":"up"`
	if random.IntN(4) == 0 {
		vote = `"vote":"down"`
	}
	body = append(body, vote...)
	switch kind := random.IntN(100); {
	case kind < votes:
	case kind < tagged:
		body = append(append(body, `,"tags":["`...), tags[random.IntN(len(tags))]...)
		if random.IntN(2) == 0 {
			body = append(append(body, `","`...), "slow"...)
		}
		body = append(body, `"]`...)
	default:
		start := random.IntN(len(prose) - comments)
		body = append(append(append(body, `,"comment":"`...), prose[start:start+comments]...), '"')
		if m.tokens == nil {
			body = append(append(append(body, `,"user":"`...), person(i)...), '"')
		}
	}
	return request{
		method: http.MethodPost, path: "/v1/feedback", credential: credential,
		body: append(body, `,"surface":"web"}`...), status: http.StatusCreated,
	}
}

// chance is the randomness of request i.
func chance(i int) *rand.Rand { return rand.New(rand.NewPCG(2, uint64(i))) }

func person(i int) string { return "u-" + strconv.Itoa(i%people) }

// target names the response of request i.
func (m mixture) target(i int) string {
	if i%100 >= arrived {
		return "later-" + strconv.Itoa(i)
	}
	return responseID(i % m.known.responses)
}

// mint makes tokens for the first n requests, ahead of time, since it is the
// application's work and not Heed's. Half of them name a person.
func (m *mixture) mint(n int) error {
	minter, err := newMinter(m.secret)
	if err != nil {
		return err
	}
	now := time.Now().Unix()
	m.tokens = make([]string, n)
	for i := range m.tokens {
		c := claims{
			Audience: "heed", Response: m.target(i), Answered: m.known.at(i % m.known.responses).Unix(),
			Issued: now - 1, Expires: now + 3600,
		}
		if i%2 == 0 {
			c.Subject = person(i)
		}
		if m.tokens[i], err = minter.mint(c); err != nil {
			return err
		}
	}
	return nil
}
