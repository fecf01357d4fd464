package duckdb

import (
	"context"
	"database/sql"
	_ "embed"
	"slices"
	"strings"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
)

var (
	//go:embed query/voice.feedback.sql
	voiceFeedback string
	//go:embed query/voice.signals.sql
	voiceSignals string
	//go:embed query/voice.series.sql
	voiceSeries string
)

// Voices lists what single people did within a window, all at one moment of the
// store.
func (s *Store) Voices(ctx context.Context, project heed.ProjectID, window query.Window) ([]query.Voice, error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, failure("begin to list voices", err)
	}
	defer func() { _ = tx.Rollback() }()
	v := &voices{tx: tx, project: project, window: window, series: map[int32]map[query.Dimension]string{}, spoken: map[spoken]map[query.Dimension]string{}}
	for _, part := range []func(context.Context) error{v.labels, v.feedback, v.signals} {
		if err := part(ctx); err != nil {
			return nil, failure("list voices", err)
		}
	}
	slices.SortStableFunc(v.all, func(a, b query.Voice) int { return a.Time.Compare(b.Time) })
	return v.all, nil
}

// voices is one listing under way.
type voices struct {
	tx      *sql.Tx
	project heed.ProjectID
	window  query.Window
	series  map[int32]map[query.Dimension]string
	spoken  map[spoken]map[query.Dimension]string
	all     []query.Voice
}

// spoken is what the labels of a feedback hang on.
type spoken struct {
	series  int32
	surface string
}

// labels reads the labels of every series.
func (v *voices) labels(ctx context.Context) error {
	rows, err := v.tx.QueryContext(ctx, voiceSeries, string(v.project))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int32
		var r heed.Response
		err := rows.Scan(&id, &r.Operation, &r.Provider, &r.Model, &r.PromptName, &r.PromptVersion, &r.Feature, &r.Release, &r.Environment, &r.Status, &r.ErrorType)
		if err != nil {
			return err
		}
		labels := map[query.Dimension]string{}
		for _, d := range query.Dimensions() {
			if value := query.LabelOf(&r, d); value != "" {
				labels[d] = value
			}
		}
		v.series[id] = labels
	}
	return rows.Err()
}

// labelsOf returns the labels of what was said on a surface.
func (v *voices) labelsOf(series int32, surface string) map[query.Dimension]string {
	if surface == "" {
		return v.series[series]
	}
	at := spoken{series, surface}
	labels, ok := v.spoken[at]
	if !ok {
		at.surface = strings.Clone(surface)
		labels = map[query.Dimension]string{query.Surface: at.surface}
		for d, value := range v.series[series] {
			labels[d] = value
		}
		v.spoken[at] = labels
	}
	return labels
}

func (v *voices) feedback(ctx context.Context) error {
	return v.each(ctx, voiceFeedback, func(rows *sql.Rows) (voice query.Voice, err error) {
		var created int64
		var person []byte
		var series int32
		var surface string
		var tags []any
		if err := rows.Scan(&created, &person, &voice.Answer, &series, &surface, &voice.Vote, &voice.Rates, &voice.Bound, &tags); err != nil {
			return voice, err
		}
		copy(voice.Person[:], person)
		voice.Time, voice.Labels, voice.Tags = instant(created), v.labelsOf(series, surface), texts(tags)
		return voice, nil
	})
}

func (v *voices) signals(ctx context.Context) error {
	return v.each(ctx, voiceSignals, func(rows *sql.Rows) (voice query.Voice, err error) {
		var at int64
		var person []byte
		var series int32
		if err := rows.Scan(&at, &person, &series, &voice.Signal); err != nil {
			return voice, err
		}
		copy(voice.Person[:], person)
		voice.Time, voice.Labels, voice.Bound = instant(at), v.series[series], series != unbound
		return voice, nil
	})
}

// each reads the rows of a query about the window.
func (v *voices) each(ctx context.Context, text string, scan func(*sql.Rows) (query.Voice, error)) error {
	rows, err := v.tx.QueryContext(ctx, text, string(v.project), v.window.From.UnixMicro(), v.window.To.UnixMicro())
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		voice, err := scan(rows)
		if err != nil {
			return err
		}
		v.all = append(v.all, voice)
	}
	return rows.Err()
}
