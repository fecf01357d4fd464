// Package console holds the sources of the console, which are bundled when they
// are first asked for.
package console

import "embed"

// Sources holds src/main.tsx, src/style.css, what they import, and the modules
// of others in vendor.
//
//go:embed src vendor
var Sources embed.FS
