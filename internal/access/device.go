package access

import (
	"net/http"
	"slices"

	"github.com/mileusna/useragent"
)

// The families that are told apart. What a browser says of itself is text that
// anybody can choose, so nothing else of it is kept.
var (
	browsers = []string{
		useragent.Chrome, useragent.Edge, useragent.Firefox, useragent.Opera, useragent.Safari, useragent.Vivaldi, useragent.SamsungBrowser,
	}
	systems = []string{useragent.Android, useragent.ChromeOS, useragent.FreeBSD, useragent.IOS, useragent.Linux, useragent.MacOS, useragent.Windows}
)

// ArrivalOf returns how whoever sends a request comes.
func (d *Door) ArrivalOf(r *http.Request) Arrival {
	browser, system := deviceOf(r.UserAgent())
	return Arrival{Browser: browser, System: system, Replaces: d.SessionOf(r), address: d.addressOf(r), device: d.deviceOf(r)}
}

// maxUserAgentBytes is as much of a user agent as is looked at.
const maxUserAgentBytes = 512

// deviceOf reduces a user agent to two families; empty where there is none of
// those that are known.
func deviceOf(userAgent string) (browser, system string) {
	ua := useragent.Parse(userAgent[:min(len(userAgent), maxUserAgentBytes)])
	if slices.Contains(browsers, ua.Name) {
		browser = ua.Name
	}
	if slices.Contains(systems, ua.OS) {
		system = ua.OS
	}
	return browser, system
}
