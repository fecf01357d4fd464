package audit

import (
	"strconv"
	"time"

	"github.com/heed-ai/heed"
)

// Expiry is the end of records by retention: all below Until, which are from
// before Before, are gone but for their hashes. It is a record itself, so that who
// checks the log can tell what may be missing from what may not, and the tree is
// the same as ever: checkpoints from before agree with it.
type Expiry struct {
	Until  int64
	Before time.Time
}

// Entry is the record of it.
func (e Expiry) Entry() Entry {
	return Entry{Action: AuditExpired, Details: map[string]string{
		"until": strconv.FormatInt(e.Until, 10), "before": e.Before.UTC().Format(time.RFC3339),
	}}
}

// expiryOf reads what Entry wrote; false if the record is none.
func expiryOf(r *Record) (Expiry, bool) {
	if r.Action != AuditExpired {
		return Expiry{}, false
	}
	until, err := strconv.ParseInt(r.Details["until"], 10, 64)
	if err != nil {
		return Expiry{}, false
	}
	before, err := time.Parse(time.RFC3339, r.Details["before"])
	return Expiry{Until: until, Before: before}, err == nil
}

// minAge is how old records are at least when they end.
const minAge = heed.MinAuditDays * 24 * time.Hour

// judgeExpiry decides whether the records that are missing at the beginning are
// those that retention says it ended, and were old enough. Who can make up
// records can make up that of an expiry; what a checkpoint vouches for as younger
// finds it.
func (v *verifier) judgeExpiry() {
	var ended int64
	for _, e := range v.expiries {
		ended = max(ended, e.Until)
		if e.at.Sub(e.Before) < minAge {
			v.report.add(e.number, "says that records younger than six months were ended, which retention never does")
		}
		for _, c := range v.vouched {
			if c.Size < e.Until && c.Time.After(e.Before) {
				v.report.add(c.Size, "and those to %d were too young to end: the checkpoint of %s is from before them", e.Until-1, c.Time.Format(time.RFC3339))
				break
			}
		}
	}
	switch {
	case v.report.Expired > ended:
		v.report.add(ended, "and those to %d are missing: they were deleted, and not by retention", v.report.Expired-1)
	case v.report.Expired < ended && v.report.Records > 0:
		v.report.add(v.report.Expired, "and those to %d should have ended: they were put back", ended-1)
	}
}

// recordedExpiry is an expiry with when and where it was written down.
type recordedExpiry struct {
	Expiry
	number int64
	at     time.Time
}
