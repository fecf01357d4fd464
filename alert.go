package heed

import (
	"fmt"
	"strings"
	"time"
)

// AlertID names an alert within a project.
type AlertID string

// Alert is a rule that Heed watches, and what it found: it fires when its rule
// holds and resolves when that is over.
type Alert struct {
	Project ProjectID `json:"-"`
	ID      AlertID   `json:"id"`
	// Version rises by one with every change by people; firing leaves it.
	Version int64 `json:"version"`

	Name  string     `json:"name"`
	Rule  AlertRule  `json:"rule"`
	State AlertState `json:"state" enum:"ok,firing"`
	Since time.Time  `json:"since" doc:"Since when it is in its state."`

	SnoozedUntil time.Time `json:"snoozed_until,omitzero" doc:"It does not fire before."`
	CreatedAt    time.Time `json:"created_at"`
	UpdatedAt    time.Time `json:"updated_at"`
	EndedAt      time.Time `json:"ended_at,omitzero"`
}

// AlertState says whether a rule holds.
type AlertState string

const (
	AlertOK     AlertState = "ok"
	AlertFiring AlertState = "firing"
)

// AlertRule is what an alert waits for: that a measure of the last hours is on the
// wrong side of a threshold, and rests on enough.
type AlertRule struct {
	Measure   AlertMeasure  `json:"measure" enum:"down_share,tag_share,error_rate,latency_p95,ratings,unsafe,feedback_silence,response_silence"`
	Tag       string        `json:"tag,omitempty" doc:"Of tag_share."`
	Below     bool          `json:"below,omitempty" doc:"It fires below its threshold, not above it."`
	Threshold float64       `json:"threshold" doc:"A share from 0 to 1, milliseconds, or a number of answers that were rated. Not of unsafe and silence."`
	Minimum   int64         `json:"minimum" doc:"On how many votes or answers it must rest."`
	Hours     int           `json:"hours" minimum:"1" maximum:"720" doc:"The time that is looked at, up to now."`
	Filter    FindingFilter `json:"filter,omitempty" doc:"Of which answers, as the filters of lists."`
}

// AlertMeasure is what an alert looks at.
type AlertMeasure string

const (
	AlertDownShare       AlertMeasure = "down_share"       // of votes, those that are down
	AlertTagShare        AlertMeasure = "tag_share"        // of votes, those with a tag
	AlertErrorRate       AlertMeasure = "error_rate"       // of answers
	AlertLatency         AlertMeasure = "latency_p95"      // of answers, in milliseconds
	AlertRatings         AlertMeasure = "ratings"          // how many answers were rated
	AlertUnsafe          AlertMeasure = "unsafe"           // one piece of feedback with the tag unsafe
	AlertFeedbackSilence AlertMeasure = "feedback_silence" // no feedback, where there was some
	AlertResponseSilence AlertMeasure = "response_silence" // no answers, where there were some
)

// AlertMeasures lists every measure.
func AlertMeasures() []AlertMeasure {
	return []AlertMeasure{
		AlertDownShare, AlertTagShare, AlertErrorRate, AlertLatency, AlertRatings, AlertUnsafe, AlertFeedbackSilence, AlertResponseSilence,
	}
}

// UnsafeTag is the tag by which people say that an answer is harmful.
const UnsafeTag = "unsafe"

// IsShare reports whether the measure is a part of a whole.
func (m AlertMeasure) IsShare() bool {
	return m == AlertDownShare || m == AlertTagShare || m == AlertErrorRate
}

// OfPeople reports whether the measure is of what people said.
func (m AlertMeasure) OfPeople() bool {
	return m == AlertDownShare || m == AlertTagShare || m == AlertRatings || m == AlertUnsafe || m == AlertFeedbackSilence
}

// HasThreshold reports whether somebody chooses how much is too much.
func (m AlertMeasure) HasThreshold() bool {
	return m.IsShare() || m == AlertLatency || m == AlertRatings
}

// Limits of alerts.
const (
	// MaxAlerts bounds the alerts of one project.
	MaxAlerts     = 50
	MaxAlertName  = 100
	MaxAlertHours = 720
	// MaxSnooze bounds for how long an alert is silenced at a time.
	MaxSnooze = 30 * 24 * time.Hour
)

// Validate reports the first field that cannot be stored, as an Error of code
// Invalid. It does not know the names of filters.
func (a *Alert) Validate() error {
	var v validator
	r := &a.Rule
	if strings.TrimSpace(a.Name) == "" {
		v.fail("name", "is missing: say what it watches for")
	}
	v.bounded("name", a.Name, MaxAlertName)
	v.oneOf("rule.measure", string(r.Measure), namesOf(AlertMeasures())...)
	v.bounded("rule.tag", r.Tag, MaxTagBytes)
	switch {
	case r.Hours < 1 || r.Hours > MaxAlertHours:
		v.fail("rule.hours", "must be 1 to 720")
	case r.Minimum < 0 || r.Minimum > 1e9:
		v.fail("rule.minimum", "must be 0 or more")
	case (r.Measure == AlertTagShare) != (r.Tag != ""):
		v.fail("rule.tag", "goes with tag_share, which needs it, and with nothing else")
	case !r.Measure.HasThreshold() && (r.Threshold != 0 || r.Below || r.Minimum != 0):
		v.fail("rule.threshold", "must be absent, as below and minimum: this measure has none")
	case r.Measure.IsShare() && (r.Threshold <= 0 || r.Threshold >= 1):
		v.fail("rule.threshold", "must be a share between 0 and 1, such as 0.3")
	case r.Measure.HasThreshold() && !(r.Threshold > 0 && r.Threshold <= 1e9):
		v.fail("rule.threshold", "must be more than 0")
	}
	return v.err()
}

// Snoozed reports whether the alert is kept from firing at a time.
func (a *Alert) Snoozed(at time.Time) bool { return at.Before(a.SnoozedUntil) }

// AlertReading is what a measure was at a time.
type AlertReading struct {
	At    time.Time `json:"at"`
	Value float64   `json:"value" doc:"A share, milliseconds or a number; of silence, how much came."`
	Base  int64     `json:"base" doc:"On how many votes or answers it rests; of silence, how much came in the 30 days before."`
	Known bool      `json:"known" doc:"Whether it rests on enough to be judged."`
	Low   float64   `json:"low,omitempty" doc:"Of the 95 % interval of a share."`
	High  float64   `json:"high,omitempty"`
	// People is counted when an alert turns, for messages.
	People int64 `json:"people,omitempty" doc:"Of what people said, when the alert turned: how many that the application names said it."`
}

// Over reports whether a reading is on the wrong side of the threshold.
func (r *AlertRule) Over(reading AlertReading) bool {
	switch r.Measure {
	case AlertUnsafe:
		return reading.Value >= 1
	case AlertFeedbackSilence, AlertResponseSilence:
		return reading.Value == 0
	}
	if r.Below {
		return reading.Value < r.Threshold
	}
	return reading.Value > r.Threshold
}

// Say tells a reading in one sentence.
func (r *AlertRule) Say(reading AlertReading) string {
	last := r.last()
	if reading.Base == 0 && (r.Measure.IsShare() || r.Measure == AlertLatency) {
		return "There is nothing to judge " + last + "."
	}
	side := r.side(reading)
	percent := func(share float64) string { return fmt.Sprintf("%.1f %%", share*100) }
	switch r.Measure {
	case AlertDownShare:
		return fmt.Sprintf("%s of %d votes %s were down (%s to %s), %s %s.", percent(reading.Value), reading.Base, last, percent(reading.Low), percent(reading.High), side, percent(r.Threshold))
	case AlertTagShare:
		return fmt.Sprintf("%s of %d votes %s were tagged %s (%s to %s), %s %s.", percent(reading.Value), reading.Base, last, r.Tag, percent(reading.Low), percent(reading.High), side, percent(r.Threshold))
	case AlertErrorRate:
		return fmt.Sprintf("%s of %d answers %s failed (%s to %s), %s %s.", percent(reading.Value), reading.Base, last, percent(reading.Low), percent(reading.High), side, percent(r.Threshold))
	case AlertLatency:
		return fmt.Sprintf("95 %% of %d answers %s took %.0f ms or less, %s %.0f ms.", reading.Base, last, reading.Value, side, r.Threshold)
	case AlertRatings:
		return fmt.Sprintf("%.0f answers were rated %s, %s %.0f.", reading.Value, last, side, r.Threshold)
	case AlertUnsafe:
		return fmt.Sprintf("%s %s that an answer is unsafe, %s.", amount(reading.Value, "piece", "pieces")+" of feedback", verb(reading.Value, "says", "say"), last)
	case AlertFeedbackSilence:
		return fmt.Sprintf("%s of feedback came %s.", amount(reading.Value, "piece", "pieces"), last)
	}
	return fmt.Sprintf("%s came %s.", amount(reading.Value, "answer", "answers"), last)
}

// SayFew tells a reading of what fewer people than so many said, without its numbers.
func (r *AlertRule) SayFew(reading AlertReading, than int) string {
	last, side, few := r.last(), r.side(reading), fmt.Sprintf("fewer than %d people", than)
	switch r.Measure {
	case AlertDownShare:
		return fmt.Sprintf("The share of votes %s that were down is %s %.1f %%. They are of %s, so no more is told here.", last, side, r.Threshold*100, few)
	case AlertTagShare:
		return fmt.Sprintf("The share of votes %s that were tagged %s is %s %.1f %%. The tag is of %s, so no more is told here.", last, r.Tag, side, r.Threshold*100, few)
	case AlertRatings:
		return fmt.Sprintf("The number of answers that were rated %s is %s %.0f. They were rated by %s, so it is not told here.", last, side, r.Threshold, few)
	case AlertUnsafe:
		return fmt.Sprintf("Feedback of %s says that an answer is unsafe, %s.", few, last)
	}
	return fmt.Sprintf("Feedback of %s came %s.", few, last)
}

func (r *AlertRule) last() string {
	switch {
	case r.Hours == 1:
		return "in the last hour"
	case r.Hours > 24 && r.Hours%24 == 0:
		return fmt.Sprintf("in the last %d days", r.Hours/24)
	}
	return fmt.Sprintf("in the last %d hours", r.Hours)
}

func (r *AlertRule) side(reading AlertReading) string {
	side := "above"
	if r.Below {
		side = "below"
	}
	if r.Measure.HasThreshold() && !r.Over(reading) {
		return "not " + side
	}
	return side
}

// amount says how much there is of something, in whole numbers.
func amount(n float64, one, many string) string {
	if n == 0 {
		return "No " + one
	}
	return fmt.Sprintf("%.0f %s", n, verb(n, one, many))
}

func verb(n float64, one, many string) string {
	if n == 0 || n == 1 {
		return one
	}
	return many
}

// AlertEvent is one step in the history of an alert, which only grows.
type AlertEvent struct {
	Alert  AlertID      `json:"alert"`
	Number int64        `json:"number" doc:"From 1, without gaps."`
	Time   time.Time    `json:"time"`
	By     FindingActor `json:"by"`
	AlertStep
}

// AlertStep is what an event did: people made, changed, snoozed or ended the alert,
// or Heed found that its rule holds, or no more.
type AlertStep struct {
	What    AlertWhat     `json:"what" enum:"created,changed,snoozed,ended,fired,resolved"`
	Name    string        `json:"name,omitempty" doc:"As it was then."`
	Rule    *AlertRule    `json:"rule,omitempty" doc:"As it was then."`
	Until   time.Time     `json:"until,omitzero" doc:"Of a snooze."`
	Reading *AlertReading `json:"reading,omitempty" doc:"What Heed saw when it decided."`
	Round   string        `json:"round,omitempty" doc:"The same for all that were decided at once, which are told in one message."`
}

// AlertWhat names what an event of an alert did.
type AlertWhat string

const (
	AlertWasCreated  AlertWhat = "created"
	AlertWasChanged  AlertWhat = "changed"
	AlertWasSnoozed  AlertWhat = "snoozed"
	AlertWasEnded    AlertWhat = "ended"
	AlertHasFired    AlertWhat = "fired"
	AlertHasResolved AlertWhat = "resolved"
)
