package vault

import (
	"fmt"
	"time"
)

// month is a calendar month in UTC: 12 times the year, and the months of it
// before. The zero month is none.
type month int

const monthForm = "2006-01"

func monthOf(t time.Time) month {
	t = t.UTC()
	return month(12*t.Year() + int(t.Month()) - 1)
}

// start returns when the month begins.
func (m month) start() time.Time {
	return time.Date(int(m)/12, time.Month(int(m)%12+1), 1, 0, 0, 0, 0, time.UTC)
}

// String returns the month as 2026-11; the zero month is as long.
func (m month) String() string {
	if m == 0 {
		return "0000-00"
	}
	return fmt.Sprintf("%04d-%02d", int(m)/12, int(m)%12+1)
}

// parseMonth reads what String wrote; anything else is no month.
func parseMonth(text string) month {
	t, err := time.Parse(monthForm, text)
	if err != nil {
		return 0
	}
	return monthOf(t)
}
