package recognize

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
)

// Services are the recognisers that the operator set up, by name. Safe for
// concurrent use.
type Services struct {
	byName map[string]*Service
	counts *counts
}

// New makes the recognisers of a configuration. It connects to none.
func New(configs map[string]Config) (*Services, error) {
	s := &Services{byName: make(map[string]*Service), counts: newCounts()}
	for name, c := range configs {
		service, err := newService(name, c, s.counts)
		if err != nil {
			return nil, fmt.Errorf("recogniser %s %w", name, err)
		}
		s.byName[name] = service
	}
	return s, nil
}

// Names lists the recognisers in order.
func (s *Services) Names() []string {
	return slices.AppendSeq([]string{}, slices.Values(slices.Sorted(maps.Keys(s.byName))))
}

// Has reports whether a project may choose a name; no name is a choice as well.
func (s *Services) Has(name string) bool { return name == "" || s.byName[name] != nil }

// Of returns the recogniser of a name as a project asks it: nil for no name, and for
// one that is not set up one that always fails, so that a text is withheld rather than
// redacted by less than its project asks for.
func (s *Services) Of(project heed.ProjectID, name string) privacy.Recognizer {
	if name == "" {
		return nil
	}
	if service, ok := s.byName[name]; ok {
		return asker{service, project}
	}
	return missing{s.counts}
}

var errMissing = errors.New("there is no recogniser of this name: set it up under recognizers, or choose another")

// missing stands for a recogniser that is not set up.
type missing struct{ counts *counts }

func (missing) Within() time.Duration { return time.Second }

func (m missing) Recognize(context.Context, privacy.Raw) ([]privacy.Finding, error) {
	m.counts.add("", errMissing)
	return nil, errMissing
}

// counts counts texts by what became of asking about them.
type counts struct{ texts *prometheus.CounterVec }

func newCounts() *counts {
	return &counts{prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "heed_recognizer_texts_total", Help: "Texts by what a recogniser made of them; all but answered are withheld.",
	}, []string{"recognizer", "outcome"})}
}

// outcomes names the errors in the metric, a closed list.
var outcomes = map[error]string{
	errStatus: "status", errTooLong: "too_long", errShape: "shape", errOffset: "offset", errBusy: "busy", errTime: "timeout",
	errGone: "gone", errReach: "unreachable", errOpen: "circuit_open", errMissing: "missing",
}

func (c *counts) add(name string, err error) {
	outcome := "answered"
	for known, word := range outcomes {
		if errors.Is(err, known) {
			outcome = word
		}
	}
	c.texts.WithLabelValues(name, outcome).Inc()
}

// Describe implements prometheus.Collector.
func (s *Services) Describe(descs chan<- *prometheus.Desc) { s.counts.texts.Describe(descs) }

// Collect implements prometheus.Collector.
func (s *Services) Collect(metrics chan<- prometheus.Metric) { s.counts.texts.Collect(metrics) }
