// Package widget holds the sources of the embeddable widget, which are bundled
// when they are first asked for.
package widget

import "embed"

// Sources holds src/classic.ts, src/module.ts and what they import.
//
//go:embed src
var Sources embed.FS
