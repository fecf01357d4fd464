package heed

import "time"

// Version orders two claims about the same field of a response: the one that
// speaks of the later time wins, between equal times the one received later,
// and of one call the one further down.
type Version struct {
	Time     int64 // microseconds since 1970: the part's own time, else when it was received
	Received int64 // microseconds since 1970
}

// VersionOf returns the version of a part with the given own time (zero if it
// had none) and receive time.
func VersionOf(own, received time.Time) Version {
	if own.IsZero() {
		own = received
	}
	return Version{Time: own.UnixMicro(), Received: received.UnixMicro()}
}

// Beats reports whether v wins over w, which came before it.
func (v Version) Beats(w Version) bool {
	if v.Time != w.Time {
		return v.Time > w.Time
	}
	return v.Received >= w.Received
}

// Versions holds the version of each field of a response, in the order of
// the package's field list. A nil Versions means that every known field has
// the version of the row as a whole: so it is for the many responses that
// arrive once.
type Versions []Version

// Merge adds what part, which came after r, knows to r. A known field wins over
// an unknown one, and between two known ones the later Version wins, so that
// parts of several calls make the same response in whatever order they come.
// base is the version of r
// as a whole and is used while versions is nil. It returns the versions of
// the merged fields and whether anything changed.
func (r *Response) Merge(base Version, versions Versions, part *Response, at Version) (Versions, bool) {
	// Versions that were stored before a field was added lack its place.
	for len(versions) < len(responseFields) {
		versions = append(versions, base)
	}
	changed := false
	for i, f := range responseFields {
		if !f.known(part) {
			continue
		}
		if !f.known(r) || at.Beats(versions[i]) {
			f.take(r, part)
			versions[i] = at
			changed = true
		}
	}
	return versions, changed
}

// responseField is one field of a response that can be known or not.
type responseField struct {
	known func(*Response) bool
	take  func(dst, src *Response)
}

func field[T comparable](at func(*Response) *T) responseField {
	return responseField{
		known: func(r *Response) bool {
			var zero T
			return *at(r) != zero
		},
		take: func(dst, src *Response) { *at(dst) = *at(src) },
	}
}

// responseFields is the one list of what can be merged. New fields go at the
// end: stored Versions are matched by position.
var responseFields = [...]responseField{
	{
		known: func(r *Response) bool { return !r.Time.IsZero() },
		take:  func(dst, src *Response) { dst.Time = src.Time },
	},
	field(func(r *Response) *string { return &r.Operation }),
	field(func(r *Response) *string { return &r.Provider }),
	field(func(r *Response) *string { return &r.Model }),
	field(func(r *Response) *string { return &r.PromptName }),
	field(func(r *Response) *string { return &r.PromptVersion }),
	field(func(r *Response) *string { return &r.Feature }),
	field(func(r *Response) *string { return &r.Release }),
	field(func(r *Response) *string { return &r.Environment }),
	field(func(r *Response) *Status { return &r.Status }),
	field(func(r *Response) *ErrorType { return &r.ErrorType }),
	field(func(r *Response) *string { return &r.ErrorCode }),
	field(func(r *Response) *string { return &r.FinishReason }),
	field(func(r *Response) **float64 { return &r.DurationMS }),
	field(func(r *Response) **float64 { return &r.TTFTMS }),
	field(func(r *Response) **int64 { return &r.InputTokens }),
	field(func(r *Response) **int64 { return &r.OutputTokens }),
	field(func(r *Response) **int64 { return &r.CachedTokens }),
	field(func(r *Response) **int64 { return &r.ReasoningTokens }),
	field(func(r *Response) **float64 { return &r.CostUSD }),
	field(func(r *Response) *string { return &r.ConversationID }),
	field(func(r *Response) *string { return &r.TraceID }),
	field(func(r *Response) *string { return &r.SpanID }),
	field(func(r *Response) *Respondent { return &r.Respondent }),
	field(func(r *Response) **float64 { return &r.TTFBMS }),
	field(func(r *Response) **int64 { return &r.Retries }),
	field(func(r *Response) *ResponseID { return &r.RetryOf }),
}
