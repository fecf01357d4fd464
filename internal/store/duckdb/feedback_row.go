package duckdb

import (
	"database/sql/driver"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// feedbackRow is a feedback as a row of its table.
type feedbackRow struct {
	store.Feedback
	rowid  int64
	stored bool
	dirty  bool // differs from what is stored
	series int32

	// traced is set where the feedback names its response by trace only. Its
	// ResponseID is then what the trace leads to, and may change.
	traced    bool
	takenBack bool // a text that is stored was taken back, or said anew
	ofSpan    *ref // of one that names a span alone: the response of that span

	// answer is what the feedback counts for: its response or, where that is a
	// part, the whole. Empty while neither has arrived.
	answer heed.ResponseID
}

// apply makes one edit.
func (f *feedbackRow) apply(ev *store.Event) {
	edit := ev.Feedback.Edit
	edit.Project = ev.Project
	edit.Time = storedTime(edit.Time)
	if f.ID == "" {
		f.traced = edit.ResponseID == ""
	}
	f.Apply(&edit, heed.Instant(ev.Received))
	f.takenBack = f.takenBack || f.stored && (edit.Comment.Set && !f.Comment.IsZero() || edit.Correction.Set && !f.Correction.IsZero())
	if edit.Comment.Set {
		f.Comment = ev.Feedback.CommentText
	}
	if edit.Correction.Set {
		f.Correction = ev.Feedback.CorrectionText
	}
	f.dirty = true
}

// bind points the feedback at its response, and at the answer that it is or is
// a part of; nil where it has not arrived.
func (f *feedbackRow) bind(to, whole *ref) {
	target, answer, series, bound := f.ResponseID, heed.ResponseID(""), unbound, to != nil
	if bound {
		target, answer, series = to.id, whole.id, whole.series
	} else if f.traced {
		target = ""
	}
	if f.Bound != bound || f.series != series || f.ResponseID != target || f.answer != answer {
		f.Bound, f.series, f.ResponseID, f.answer, f.dirty = bound, series, target, answer, true
	}
}

// answerHash names the answer that the feedback counts for, else what it speaks of.
func (f *feedbackRow) answerHash() uint64 {
	if f.answer == "" {
		return targetHash(f.Project, f.Target)
	}
	return responseHash(f.Project, f.answer)
}

// isLone reports whether the feedback names a span and nothing else.
func (f *feedbackRow) isLone() bool { return f.traced && f.TraceID == "" }

// traceHash is set where the feedback hangs on a trace, or on a span alone.
func (f *feedbackRow) traceHash() uint64 {
	switch {
	case !f.traced:
		return 0
	case f.isLone():
		return loneHash(f.Project, f.SpanID)
	}
	return traceHash(f.Project, f.TraceID)
}

func (f *feedbackRow) values() []driver.Value {
	comment, _ := f.Comment.MarshalBinary()
	correction, _ := f.Correction.MarshalBinary()
	var value, low, high driver.Value
	if f.Score != nil {
		value, low, high = f.Score.Value, f.Score.Min, f.Score.Max
	}
	return []driver.Value{
		string(f.Project), string(f.ID), feedbackHash(f.Project, f.ID),
		string(f.ResponseID), f.TraceID, f.SpanID, targetHash(f.Project, f.Target), f.traceHash(),
		string(f.Vote), value, low, high, f.Tags, string(f.PreferredOver), f.HasComment, f.HasCorrection,
		f.Surface, string(f.Trust), f.Bound, optionalID(f.Owner), optionalID(f.Respondent),
		f.CreatedAt.UnixMicro(), f.UpdatedAt.UnixMicro(), f.series, optionalBytes(comment), optionalBytes(correction),
		string(f.answer), f.answerHash(),
	}
}

// scanFeedback reads the columns that every query for feedback selects.
func scanFeedback(from scanner) (*feedbackRow, error) {
	f := feedbackRow{stored: true}
	var value, low, high *float64
	var tags []any
	var traceHash uint64
	var created, updated int64
	var owner, respondent, comment, correction []byte
	err := from.Scan(
		&f.rowid, &f.Project, &f.ID, &f.ResponseID, &f.TraceID, &f.SpanID, &traceHash,
		&f.Vote, &value, &low, &high, &tags, &f.PreferredOver, &f.HasComment, &f.HasCorrection,
		&f.Surface, &f.Trust, &f.Bound, &owner, &respondent, &created, &updated, &f.series, &comment, &correction, &f.answer,
	)
	if err != nil {
		return nil, err
	}
	f.traced = traceHash != 0
	if value != nil && low != nil && high != nil {
		f.Score = &heed.Score{Value: *value, Min: *low, Max: *high}
	}
	f.Tags = texts(tags)
	copy(f.Owner[:], owner)
	copy(f.Respondent[:], respondent)
	f.CreatedAt, f.UpdatedAt = instant(created), instant(updated)
	if err := f.Comment.UnmarshalBinary(comment); err != nil {
		return nil, err
	}
	return &f, f.Correction.UnmarshalBinary(correction)
}

// editValues is the row of one edit.
func editValues(ev *store.Event) []driver.Value {
	e := &ev.Feedback.Edit
	var at, vote, scored, value, low, high, tags, preferred, comment, correction driver.Value
	if !e.Time.IsZero() {
		at = e.Time.UnixMicro()
	}
	if e.Vote.Set {
		vote = string(heed.VoteNone)
		if !e.Vote.Null {
			vote = string(e.Vote.Value)
		}
	}
	if e.Score.Set {
		scored = !e.Score.Null
		if !e.Score.Null {
			value, low, high = e.Score.Value.Value, e.Score.Value.Min, e.Score.Value.Max
		}
	}
	if e.Tags.Set {
		tags = append([]string{}, e.Tags.Value...)
	}
	if e.PreferredOver.Set {
		preferred = string(e.PreferredOver.Value)
	}
	if e.Comment.Set {
		comment = !e.Comment.Null
	}
	if e.Correction.Set {
		correction = !e.Correction.Null
	}
	return []driver.Value{
		string(ev.Project), string(e.ID), uint64(ev.Seq), ev.Received.UnixMicro(), at, vote,
		scored, value, low, high, tags, preferred, comment, correction,
		e.Surface, string(e.Trust), optionalID(e.Respondent),
	}
}
