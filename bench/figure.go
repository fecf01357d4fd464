package main

import (
	"fmt"
	"strconv"
	"strings"
)

// unit says how a figure is written.
type unit string

const (
	milliseconds unit = "ms"
	seconds      unit = "s"
	perSecond    unit = "/s"
	megabytes    unit = "MB"
	mbPerSecond  unit = "MB/s"
	percent      unit = "%"
	microseconds unit = "µs"
	bytesSent    unit = "B"
)

// goal is a limit of the design; the zero goal judges nothing.
type goal struct {
	relation relation
	limit    float64
}

type relation int

const (
	informative relation = iota
	atMost
	below
	atLeast
	atLeastOfNull // a share of what the null server reaches
	atMostOfNull  // a multiple of what it takes
)

// figure is one measured value beside its goal.
type figure struct {
	what    string
	unit    unit
	value   float64
	goal    goal
	null    float64 // of the null server, in the same unit; 0: there is none
	ratio   float64 // to the null server where it is not value ÷ null
	note    string  // what stands beside the value
	why     string  // why the goal is missed, where it is
	failure string  // instead of a value
}

// ratioToNull is 0 where there is no null server.
func (f figure) ratioToNull() float64 {
	if f.ratio != 0 || f.null == 0 {
		return f.ratio
	}
	return f.value / f.null
}

// missed reports whether the goal, if there is one, was not reached.
func (f figure) missed() bool {
	switch f.goal.relation {
	case atMost:
		return f.value > f.goal.limit
	case below:
		return f.value >= f.goal.limit
	case atLeast:
		return f.value < f.goal.limit
	case atLeastOfNull:
		return f.ratioToNull() < f.goal.limit
	case atMostOfNull:
		return f.ratioToNull() > f.goal.limit
	}
	return false
}

func (f figure) verdict() string {
	switch {
	case f.failure != "":
		return f.failure
	case f.goal.relation == informative:
		return "–"
	case f.missed():
		return "**missed**"
	}
	return "met"
}

func (f figure) target() string {
	switch f.goal.relation {
	case atMost:
		return "≤ " + f.unit.format(f.goal.limit)
	case below:
		return "< " + f.unit.format(f.goal.limit)
	case atLeast:
		return "≥ " + f.unit.format(f.goal.limit)
	case atMostOfNull:
		return "≤ " + strconv.FormatFloat(f.goal.limit, 'g', -1, 64) + " of bare"
	case atLeastOfNull:
		return "≥ " + strconv.FormatFloat(f.goal.limit, 'g', -1, 64) + " of null"
	}
	return "–"
}

// cells are the columns of the report's table.
func (f figure) cells() []string {
	if f.failure != "" {
		return []string{f.what, "", "", "", "", f.failure, ""}
	}
	value, null, ratio, why := f.unit.format(f.value), "–", "–", ""
	if f.note != "" {
		value += " (" + f.note + ")"
	}
	if f.null != 0 {
		null, ratio = f.unit.format(f.null), strconv.FormatFloat(f.ratioToNull(), 'f', 2, 64)
	}
	if f.missed() {
		why = f.why
	}
	return []string{f.what, f.target(), value, null, ratio, f.verdict(), why}
}

// String is the figure on one line.
func (f figure) String() string {
	c := f.cells()
	return fmt.Sprintf("%s: %s, target %s, null %s, ratio %s: %s", c[0], c[2], c[1], c[3], c[4], c[5])
}

// format writes a number with its unit, as exactly as it is of use.
func (u unit) format(n float64) string {
	switch {
	case n >= 1000:
		return thousands(n) + " " + string(u)
	case n >= 100 || n == float64(int64(n)):
		return strconv.FormatFloat(n, 'f', 0, 64) + " " + string(u)
	case n >= 10:
		return strconv.FormatFloat(n, 'f', 1, 64) + " " + string(u)
	}
	return strconv.FormatFloat(n, 'f', 2, 64) + " " + string(u)
}

// thousands writes a whole number in groups of three digits.
func thousands(n float64) string {
	digits := strconv.FormatFloat(n, 'f', 0, 64)
	var out strings.Builder
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out.WriteByte(',')
		}
		out.WriteRune(digit)
	}
	return out.String()
}
