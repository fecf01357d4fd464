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

// Judge says what follows from a reading of an alert, of which every reading since
// calm was well; zero: the last one was not. It returns the state that the alert
// goes to, or "", and since when readings are well.
//
// An alert fires at the first reading over its threshold, unless it is snoozed. It
// resolves once readings have been better than the threshold by a margin for a
// while or, where too little comes in to know, for as long as it looks back: one that
// goes up and down around its threshold fires once.
func Judge(a *heed.Alert, r heed.AlertReading, calm time.Time) (to heed.AlertState, calmSince time.Time) {
	if a.State != heed.AlertFiring {
		if r.Known && a.Rule.Over(r) && !a.Snoozed(r.At) {
			return heed.AlertFiring, time.Time{}
		}
		return "", time.Time{}
	}
	if r.Known && !isWell(&a.Rule, r.Value) {
		return "", time.Time{}
	}
	if calm.IsZero() {
		calm = r.At
	}
	wait := calmFor
	if !r.Known {
		wait = time.Duration(a.Rule.Hours) * time.Hour
	}
	if !a.Rule.Measure.HasThreshold() {
		wait = 0 // what it counts comes and goes with its own window
	}
	if r.At.Sub(calm) >= wait {
		return heed.AlertOK, time.Time{}
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
