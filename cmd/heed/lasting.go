package main

import (
	"fmt"
	"strings"
	"time"
)

// lasting is a length of time, as 15m; 0 needs no unit.
type lasting time.Duration

// UnmarshalYAML reads what people write.
func (l *lasting) UnmarshalYAML(text []byte) error {
	value := strings.Trim(strings.TrimSpace(string(text)), `"'`)
	d, err := time.ParseDuration(value)
	if err != nil {
		return fmt.Errorf("holds %q, which is no length of time: write one with its unit, such as 15m", value)
	}
	*l = lasting(d)
	return nil
}

// MarshalYAML writes it as people do: without the seconds that a whole number of
// minutes has not.
func (l lasting) MarshalYAML() ([]byte, error) {
	text := time.Duration(l).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return []byte(text), nil
}
