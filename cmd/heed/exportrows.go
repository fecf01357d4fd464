package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"github.com/heed-ai/heed"
)

// feedbackRow is a feedback as flat columns, in the order in which they are
// written. The json tags say where a column comes from; the parquet tags name
// it, in CSV too. Columns are only ever added, at the end.
type feedbackRow struct {
	ID               string      `json:"id" parquet:"id"`
	ResponseID       string      `json:"response_id" parquet:"response_id,optional"`
	TraceID          string      `json:"trace_id" parquet:"trace_id,optional"`
	SpanID           string      `json:"span_id" parquet:"span_id,optional"`
	CreatedAt        time.Time   `json:"created_at" parquet:"created_at,timestamp(microsecond)"`
	UpdatedAt        time.Time   `json:"updated_at" parquet:"updated_at,timestamp(microsecond)"`
	Vote             string      `json:"vote" parquet:"vote,dict"`
	Score            *heed.Score `json:"score" parquet:"-"`
	ScoreValue       *float64    `json:"-" parquet:"score_value"`
	ScoreMin         *float64    `json:"-" parquet:"score_min"`
	ScoreMax         *float64    `json:"-" parquet:"score_max"`
	Tags             []string    `json:"tags" parquet:"tags,list"`
	PreferredOver    string      `json:"preferred_over" parquet:"preferred_over,optional"`
	HasComment       bool        `json:"has_comment" parquet:"has_comment"`
	Comment          *string     `json:"comment" parquet:"comment"`
	CommentStatus    string      `json:"comment_status" parquet:"comment_status,optional,dict"`
	HasCorrection    bool        `json:"has_correction" parquet:"has_correction"`
	Correction       *string     `json:"correction" parquet:"correction"`
	CorrectionStatus string      `json:"correction_status" parquet:"correction_status,optional,dict"`
	Surface          string      `json:"surface" parquet:"surface,optional,dict"`
	Trust            string      `json:"trust" parquet:"trust,dict"`
	Bound            bool        `json:"bound" parquet:"bound"`
	Respondent       string      `json:"respondent" parquet:"respondent,optional"`
}

// responseRow is a response as flat columns, like feedbackRow.
type responseRow struct {
	ResponseID      string    `json:"response_id" parquet:"response_id"`
	Time            time.Time `json:"time" parquet:"time,timestamp(microsecond)"`
	ReceivedAt      time.Time `json:"received_at" parquet:"received_at,timestamp(microsecond)"`
	Operation       string    `json:"operation" parquet:"operation,optional,dict"`
	Provider        string    `json:"provider" parquet:"provider,optional,dict"`
	Model           string    `json:"model" parquet:"model,optional,dict"`
	PromptName      string    `json:"prompt_name" parquet:"prompt_name,optional,dict"`
	PromptVersion   string    `json:"prompt_version" parquet:"prompt_version,optional,dict"`
	Feature         string    `json:"feature" parquet:"feature,optional,dict"`
	Release         string    `json:"release" parquet:"release,optional,dict"`
	Environment     string    `json:"environment" parquet:"environment,optional,dict"`
	Status          string    `json:"status" parquet:"status,optional,dict"`
	ErrorType       string    `json:"error_type" parquet:"error_type,optional,dict"`
	ErrorCode       string    `json:"error_code" parquet:"error_code,optional,dict"`
	FinishReason    string    `json:"finish_reason" parquet:"finish_reason,optional,dict"`
	DurationMS      *float64  `json:"duration_ms" parquet:"duration_ms"`
	TTFTMS          *float64  `json:"ttft_ms" parquet:"ttft_ms"`
	InputTokens     *int64    `json:"input_tokens" parquet:"input_tokens"`
	OutputTokens    *int64    `json:"output_tokens" parquet:"output_tokens"`
	CachedTokens    *int64    `json:"cached_tokens" parquet:"cached_tokens"`
	ReasoningTokens *int64    `json:"reasoning_tokens" parquet:"reasoning_tokens"`
	CostUSD         *float64  `json:"cost_usd" parquet:"cost_usd"`
	ConversationID  string    `json:"conversation_id" parquet:"conversation_id,optional"`
	TraceID         string    `json:"trace_id" parquet:"trace_id,optional"`
	SpanID          string    `json:"span_id" parquet:"span_id,optional"`
	Respondent      string    `json:"respondent" parquet:"respondent,optional"`
	TTFBMS          *float64  `json:"ttfb_ms" parquet:"ttfb_ms"`
	Retries         *int64    `json:"retries" parquet:"retries"`
	RetryOf         string    `json:"retry_of" parquet:"retry_of,optional"`
	PartOf          string    `json:"part_of" parquet:"part_of,optional"`
}

// exportRow is a row of either list.
type exportRow interface{ feedbackRow | responseRow }

// rowsOf decodes the items of a page.
func rowsOf[T exportRow](items []json.RawMessage) ([]T, error) {
	rows := make([]T, len(items))
	for i := range items {
		if err := json.Unmarshal(items[i], &rows[i]); err != nil {
			// The decoder's own words may hold a value.
			return nil, errors.New("the server answered with an item of another shape: is it of the same version as this heed?")
		}
		if row, ok := any(&rows[i]).(*feedbackRow); ok && row.Score != nil {
			row.ScoreValue, row.ScoreMin, row.ScoreMax = &row.Score.Value, &row.Score.Min, &row.Score.Max
		}
	}
	return rows, nil
}

// jsonlSink writes each item as the API has it, one a line.
type jsonlSink struct{ out *output }

func (s jsonlSink) write(items []json.RawMessage) error {
	var line bytes.Buffer
	for _, item := range items {
		line.Reset()
		if err := json.Compact(&line, item); err != nil {
			return err
		}
		line.WriteByte('\n')
		if _, err := s.out.Write(line.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

func (jsonlSink) close() error { return nil }
