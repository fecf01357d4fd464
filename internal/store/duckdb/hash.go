package duckdb

import (
	"encoding/binary"
	"math"

	"github.com/zeebo/xxh3"

	"github.com/heed-ai/heed"
)

// hashOf names something of a project in 64 bits, for look-ups that compare the
// names as well. It is never 0, which stands for none.
func hashOf(project heed.ProjectID, parts ...string) uint64 {
	var space [512]byte
	h := xxh3.Hash(joined(space[:0], project, parts))
	if h == 0 {
		h = 1
	}
	return h
}

// key128 names something of a project in 128 bits, so wide that equal keys are
// taken for equal things.
func key128(project heed.ProjectID, parts ...string) [2]uint64 {
	var space [512]byte
	sum := xxh3.Hash128(joined(space[:0], project, parts))
	return [2]uint64{sum.Hi, sum.Lo}
}

// joined writes the parts with their lengths, so that no two lists of parts
// are written alike.
func joined(b []byte, project heed.ProjectID, parts []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(project)))
	b = append(b, project...)
	for _, part := range parts {
		b = binary.AppendUvarint(b, uint64(len(part)))
		b = append(b, part...)
	}
	return b
}

func responseHash(project heed.ProjectID, id heed.ResponseID) uint64 {
	return hashOf(project, "response", string(id))
}

// traceHash is of a trace as a whole; 0 without one.
func traceHash(project heed.ProjectID, trace string) uint64 {
	if trace == "" {
		return 0
	}
	return hashOf(project, "trace", trace)
}

// loneHash is of a span whose trace nobody named.
func loneHash(project heed.ProjectID, span string) uint64 { return hashOf(project, "lone span", span) }

func feedbackHash(project heed.ProjectID, id heed.FeedbackID) uint64 {
	return hashOf(project, "feedback", string(id))
}

// targetHash names what a feedback speaks of: its response, else its trace and
// span. Two feedbacks on one answer have the same.
func targetHash(project heed.ProjectID, t heed.Target) uint64 {
	if t.ResponseID != "" {
		return responseHash(project, t.ResponseID)
	}
	return hashOf(project, "span", t.TraceID, t.SpanID)
}

func signalKey(s *heed.Signal) [2]uint64 {
	if s.ID != "" {
		return key128(s.Project, "id", s.ID)
	}
	value := ""
	if s.Value != nil {
		value = string(binary.BigEndian.AppendUint64(nil, math.Float64bits(*s.Value)))
	}
	at := binary.BigEndian.AppendUint64(nil, uint64(s.Time.UnixMicro()))
	return key128(s.Project, "all", string(s.ResponseID), s.Name, value, string(at), string(s.Trust))
}

func changeKey(c *heed.Change) [2]uint64 {
	if c.ID != "" {
		return key128(c.Project, "id", c.ID)
	}
	at := binary.BigEndian.AppendUint64(nil, uint64(c.Time.UnixMicro()))
	return key128(c.Project, "all", c.Name, c.Value, string(at))
}
