package alert

import (
	"time"

	"github.com/heed-ai/heed"
)

const (
	// calmFor is how long a reading must be well for an alert to resolve.
	calmFor = 10 * time.Minute
	// margin is by how much, of the threshold, it must be better than what fires.
	margin = 0.1
)

// Calm is since when an alert that fires gives no reason to; zero: the last reading
// did.
type Calm struct {
	Since time.Time // no reading was bad since then
	Well  time.Time // and since then each rested on enough to be known as well
}

// Judge says what follows from a reading of an alert that has been calm before it:
// the state that the alert goes to, or "", and how calm it is now.
//
// An alert fires at the first reading over its threshold, unless it is snoozed. It
// resolves once readings have been better than the threshold by a margin for a
// while or, where too little comes in to know, for as long as it looks back: one that
// goes up and down around its threshold fires once. Silence ends with a sound alone,
// also when it lasted so long that there is nothing to hold it against.
func Judge(a *heed.Alert, r heed.AlertReading, calm Calm) (to heed.AlertState, now Calm) {
	if a.State != heed.AlertFiring {
		if r.Known && a.Rule.Over(r) && !a.Snoozed(r.At) {
			return heed.AlertFiring, Calm{}
		}
		return "", Calm{}
	}
	if r.Known && !isWell(&a.Rule, r.Value) {
		return "", Calm{}
	}
	if !a.Rule.Measure.HasThreshold() {
		if r.Known { // what it counts comes and goes with its own window
			return heed.AlertOK, Calm{}
		}
		return "", Calm{}
	}
	if calm.Since.IsZero() {
		calm.Since = r.At
	}
	switch {
	case !r.Known:
		calm.Well = time.Time{}
	case calm.Well.IsZero():
		calm.Well = r.At
	}
	if r.Known && r.At.Sub(calm.Well) >= calmFor || !r.Known && r.At.Sub(calm.Since) >= time.Duration(a.Rule.Hours)*time.Hour {
		return heed.AlertOK, Calm{}
	}
	return "", calm
}

// isWell reports whether a value is better than the threshold by the margin.
func isWell(r *heed.AlertRule, value float64) bool {
	if !r.Measure.HasThreshold() {
		return !r.Over(heed.AlertReading{Value: value})
	}
	if r.Below {
		return value >= r.Threshold*(1+margin)
	}
	return value <= r.Threshold*(1-margin)
}
