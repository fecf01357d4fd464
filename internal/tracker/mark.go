package tracker

import "crypto/rand"

// newMarker makes what an issue is found again by, which nobody can guess.
func newMarker() string { return rand.Text() }

// markOf is a marker as it stands in the text of an issue: a comment, which GitHub
// keeps and does not show.
func markOf(marker string) string { return "<!-- heed:" + marker + " -->" }
