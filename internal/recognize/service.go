package recognize

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
)

const (
	// maxAnswerBytes bounds what is read of one answer.
	maxAnswerBytes = 2 << 20

	// failuresInARow open the circuit: texts are withheld at once, and after
	// retryAfter one of them tries again.
	failuresInARow = 5
	retryAfter     = 5 * time.Second

	// longTextBytes is from which length on it is the text's fault, not the
	// recogniser's, that it takes too long.
	longTextBytes = 16 << 10
)

// What can be wrong with an answer. None of them holds anything of the answer:
// it may hold the text.
var (
	errStatus  = errors.New("it answered with a status that is no success")
	errTooLong = errors.New("its answer is too long")
	errShape   = errors.New("its answer is not a list of entities with type, start, end and score")
	errOffset  = errors.New("its answer speaks of a place outside of the text")
	errBusy    = errors.New("it had no room within the time")
	errTime    = errors.New("it took too long")
	errGone    = errors.New("whoever asked went away")
	errReach   = errors.New("it cannot be reached")
	errOpen    = errors.New("it failed several times in a row, and is left alone for some seconds")
)

// Service is one recogniser. Safe for concurrent use.
type Service struct {
	name    string
	config  Config
	within  time.Duration
	analyze string
	client  *http.Client
	room    *room
	counts  *counts
}

// asker is a Service as one project asks it. Projects keep no place from each other
// for good, and what fails for one says nothing to the others: a text can be made
// to be slow.
type asker struct {
	*Service
	project heed.ProjectID
}

func newService(name string, c Config, counts *counts) (*Service, error) {
	if err := c.Validate(name); err != nil {
		return nil, err
	}
	c = c.completed()
	within, err := time.ParseDuration(c.Within)
	if err != nil {
		return nil, err
	}
	analyze, err := url.JoinPath(c.URL, "analyze")
	if err != nil {
		return nil, err
	}
	return &Service{
		name: name, config: c, within: within, analyze: analyze, counts: counts,
		client: &http.Client{
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			// No proxy of the environment: it would see the texts.
			Transport: &http.Transport{
				DialContext: (&net.Dialer{Timeout: within}).DialContext, TLSHandshakeTimeout: within,
				MaxIdleConnsPerHost: c.AtOnce, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 32 << 10,
			},
		},
		room: newRoom(name, c.AtOnce),
	}, nil
}

// noFault is an error that says nothing of the recogniser: it is the text's, or of
// who asked.
type noFault struct{ error }

func (f noFault) Unwrap() error { return f.error }

// Within implements privacy.Recognizer.
func (s *Service) Within() time.Duration { return s.within }

// Recognize implements privacy.Recognizer. It returns within the time that the
// operator gave it, or when ctx ends.
func (a asker) Recognize(ctx context.Context, text privacy.Raw) ([]privacy.Finding, error) {
	ctx, cancel := context.WithTimeout(ctx, a.within)
	defer cancel()
	found, err := a.recognize(ctx, text)
	a.counts.add(a.name, err)
	if err != nil {
		return nil, fmt.Errorf("ask the recogniser %s: %w", a.name, err)
	}
	return found, nil
}

func (a asker) recognize(ctx context.Context, text privacy.Raw) ([]privacy.Finding, error) {
	circuit, leave, err := a.room.enter(ctx, a.project)
	if errors.Is(err, errOpen) {
		return nil, err
	}
	if err != nil {
		return nil, a.unanswered(ctx, errBusy, errBusy)
	}
	defer leave()
	found, err := circuit.Execute(func() ([]privacy.Finding, error) {
		found, err := a.ask(ctx, text)
		if errors.Is(err, errGone) || errors.Is(err, errTime) && text.Len() > longTextBytes {
			err = noFault{err}
		}
		return found, err
	})
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		err = errOpen
	}
	return found, err
}

// question is the body of POST /analyze.
type question struct {
	Text     string  `json:"text"`
	Language string  `json:"language"`
	Score    float64 `json:"score_threshold"`
}

// entity is one item of its answer. Start and End count code points.
type entity struct {
	Type  string   `json:"entity_type"`
	Start *int     `json:"start"`
	End   *int     `json:"end"`
	Score *float64 `json:"score"`
}

// ask makes one call.
func (s *Service) ask(ctx context.Context, text privacy.Raw) ([]privacy.Finding, error) {
	// What is no UTF-8 goes as U+FFFD, byte by byte, as code points are counted.
	body, err := json.Marshal(question{Text: text.Expose(), Language: s.config.Language, Score: s.config.Score})
	if err != nil {
		return nil, errShape
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.analyze, bytes.NewReader(body))
	if err != nil {
		return nil, errReach
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	response, err := s.client.Do(request)
	if err != nil {
		return nil, s.unanswered(ctx, errTime, errReach)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, errStatus
	}
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswerBytes+1))
	switch {
	case err != nil:
		return nil, s.unanswered(ctx, errTime, errReach)
	case len(answer) > maxAnswerBytes:
		return nil, errTooLong
	}
	return s.read(answer, text.Runes())
}

// unanswered tells who went away and a lack of time from other reasons.
func (s *Service) unanswered(ctx context.Context, late, other error) error {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return errGone
	case ctx.Err() != nil:
		return late
	}
	return other
}

// read turns an answer about a text of so many code points into findings.
func (s *Service) read(answer []byte, runes int) ([]privacy.Finding, error) {
	var entities []entity
	if err := json.Unmarshal(answer, &entities); err != nil || entities == nil {
		return nil, errShape
	}
	found := make([]privacy.Finding, 0, len(entities))
	for _, e := range entities {
		switch {
		case e.Type == "" || e.Start == nil || e.End == nil || e.Score == nil:
			return nil, errShape
		case *e.Start < 0 || *e.End <= *e.Start || *e.End > runes:
			return nil, errOffset
		case *e.Score < s.config.Score || slices.Contains(s.config.Ignore, strings.ToUpper(e.Type)):
			continue
		}
		found = append(found, privacy.Finding{Type: typeOf(strings.ToUpper(e.Type)), Start: *e.Start, End: *e.End})
	}
	return found, nil
}
