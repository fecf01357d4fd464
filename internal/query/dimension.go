package query

import (
	"slices"
	"strings"

	"github.com/heed-ai/heed"
)

// Dimension is something that answers or feedback are filtered and grouped by.
type Dimension string

const (
	Model         Dimension = "model"
	Provider      Dimension = "provider"
	Feature       Dimension = "feature"
	Operation     Dimension = "operation"
	PromptName    Dimension = "prompt_name"
	PromptVersion Dimension = "prompt_version"
	Release       Dimension = "release"
	Environment   Dimension = "environment"
	Status        Dimension = "status"
	ErrorType     Dimension = "error_type"

	Surface Dimension = "surface"
	Trust   Dimension = "trust"

	Vote  Dimension = "vote"
	Tag   Dimension = "tag"
	Bound Dimension = "bound" // "true" or "false"
)

// Dimensions lists every dimension that a filter may name, in the order of
// the public contract.
func Dimensions() []Dimension {
	return []Dimension{
		Model, Provider, Feature, Operation, PromptName, PromptVersion, Release, Environment,
		Vote, Tag, ErrorType, Surface, Trust, Status, Bound,
	}
}

// OfResponse reports whether the dimension belongs to the response.
func (d Dimension) OfResponse() bool {
	switch d {
	case Model, Provider, Feature, Operation, PromptName, PromptVersion, Release, Environment, Status, ErrorType:
		return true
	}
	return false
}

// OfFeedback reports whether the dimension belongs to the feedback.
func (d Dimension) OfFeedback() bool {
	switch d {
	case Surface, Trust, Vote, Tag, Bound:
		return true
	}
	return false
}

// Groups reports whether statistics may be grouped by the dimension: those of
// which a response or feedback has exactly one.
func (d Dimension) Groups() bool { return d.OfResponse() || d == Surface || d == Trust }

// LabelOf returns what a response has for a dimension of the response; ""
// where that is unknown, and for every other dimension.
func LabelOf(r *heed.Response, d Dimension) string {
	switch d {
	case Model:
		return r.Model
	case Provider:
		return r.Provider
	case Feature:
		return r.Feature
	case Operation:
		return r.Operation
	case PromptName:
		return r.PromptName
	case PromptVersion:
		return r.PromptVersion
	case Release:
		return r.Release
	case Environment:
		return r.Environment
	case Status:
		return string(r.Status)
	case ErrorType:
		return string(r.ErrorType)
	}
	return ""
}

// ParseBy reads dimensions to group by, separated by commas. Empty text is no
// grouping.
func ParseBy(text string) ([]Dimension, error) {
	if text == "" {
		return nil, nil
	}
	var by []Dimension
	for name := range strings.SplitSeq(text, ",") {
		by = append(by, Dimension(name))
		if len(by) > maxBy {
			break
		}
	}
	var p problems
	checkBy(&p, by)
	return by, p.err()
}

// maxBy bounds how many dimensions one question may group by.
const maxBy = 4

func checkBy(p *problems, by []Dimension) {
	if len(by) > maxBy {
		p.add("query.by", "has too many dimensions: at most 4")
		return
	}
	for i, d := range by {
		if !d.Groups() {
			p.add("query.by", "must be out of: "+groupingNames())
			return
		}
		if slices.Contains(by[:i], d) {
			p.add("query.by", "names a dimension twice")
			return
		}
	}
}

func groupingNames() string {
	var names []string
	for _, d := range Dimensions() {
		if d.Groups() {
			names = append(names, string(d))
		}
	}
	return strings.Join(names, ", ")
}
