package access

import (
	"crypto/subtle"
	"net/http"

	"github.com/heed-ai/heed"
)

// MayReadMetrics decides on what Prometheus reads. It tells of all projects at
// once, and of each vote as it comes, so that whoever asks every second learns when
// which was given: it is for who runs the server. Without a token that is whoever
// calls on this machine; with one, whoever shows it, from wherever.
func (d *Door) MayReadMetrics(r *http.Request, token string) error {
	if token == "" {
		if d.isLocal(r) && !forwarded(r) {
			return nil
		}
		return heed.Errorf(heed.Forbidden, "metrics are told on the server's own machine, to who calls it by a name such as 127.0.0.1: "+
			"for a Prometheus elsewhere set metrics_token (HEED_METRICS_TOKEN), and have it send that as Authorization: Bearer …")
	}
	if err := d.chargeAddress(d.guess, r); err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(CredentialOf(r)), []byte(token)) != 1 || r.Header.Get("Authorization") == "" {
		return heed.Errorf(heed.Unauthenticated, "metrics take the token that metrics_token sets, as Authorization: Bearer …")
	}
	return nil
}

// forwarded reports whether a request says that it came by a proxy, trusted or not:
// then it is somebody else's.
func forwarded(r *http.Request) bool {
	for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-Ip", "Forwarded", "Via"} {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	return false
}
