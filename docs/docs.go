// Package docs holds what Heed promises about people's data in words, so that the
// console shows the same as these pages.
package docs

import "embed"

// Privacy holds privacy.md and the pages below privacy/.
//
//go:embed privacy.md privacy
var Privacy embed.FS
