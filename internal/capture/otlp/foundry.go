package otlp

import (
	"encoding/json"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture/rating"
)

// foundry is what Microsoft Foundry adds to an evaluation.
type foundry struct {
	there     bool   // it is Foundry's
	source    string // end_user or builder, where a person judged
	actor     string // human, where a person judged
	id        string // of the judgement
	kind      string // boolean or ordinal
	min, max  *float64
	threshold *float64 // from which on it passes
	decrease  bool     // the less the better
}

// maxFoundryBytes bounds the JSON that Foundry adds.
const maxFoundryBytes = 16 << 10

// foundryOf reads Foundry's attributes, and those that it packs as JSON into one.
// Its libraries had other names before.
func foundryOf(a attributes) foundry {
	packed := attributes{pcommon.NewMap()}
	if text := a.text("internal_properties"); text != "" && len(text) <= maxFoundryBytes {
		var all map[string]any
		if json.Unmarshal([]byte(text), &all) == nil {
			// What it holds is text, numbers and the like, as JSON has them.
			_ = packed.FromRaw(all)
		}
	}
	where := func(names ...string) string { return either(a.text(names...), packed.text(names...)) }
	return foundry{
		there:  packed.Len() > 0,
		source: where("microsoft.gen_ai.human_evaluation.source", "microsoft.human_evaluation.source"),
		actor:  where("microsoft.gen_ai.evaluation.actor.type"),
		id:     where("microsoft.gen_ai.human_evaluation.id", "microsoft.human_evaluation.id", "microsoft.evaluation.id"),
		kind:   packed.text("gen_ai.evaluation.type"),
		min:    packed.signed("gen_ai.evaluation.min_value"), max: packed.signed("gen_ai.evaluation.max_value"),
		threshold: packed.signed("gen_ai.evaluation.threshold"),
		decrease:  packed.text("gen_ai.evaluation.desirable_direction") == "decrease",
	}
}

// byMachine reports whether one of Foundry's own evaluators judged: of a person it
// says so.
func (f *foundry) byMachine() bool {
	return f.there && f.source == "" && !strings.EqualFold(f.actor, "human")
}

// vote reads a rating as a vote: what passed or failed is one, unless it has a
// place on a scale of more than two.
func (f *foundry) vote(r rating.Rating) (heed.Vote, bool) {
	if f.kind != "" && f.kind != "boolean" || r.Number != nil && *r.Number != 0 && *r.Number != 1 {
		return "", false
	}
	switch strings.ToLower(r.Word) {
	case "pass":
		return heed.VoteUp, true
	case "fail":
		return heed.VoteDown, true
	}
	if f.kind != "boolean" || r.Number == nil {
		return "", false
	}
	least := 1.0
	if f.threshold != nil {
		least = *f.threshold
	}
	passed := *r.Number >= least
	if f.decrease {
		passed = *r.Number <= least
	}
	if passed {
		return heed.VoteUp, true
	}
	return heed.VoteDown, true
}
