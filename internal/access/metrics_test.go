package access_test

import (
	"net/http"
	"testing"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
)

// Metrics count every vote of every project as it comes: they are for who runs the
// server, and a proxy here does not make a caller elsewhere one.
func TestMetricsAreTheOperators(t *testing.T) {
	door := newDoor(t, newWorld(t), access.Limits{SecretPerSecond: 9, PublicPerSecond: 9, TokenPerSecond: 9, AddressPerSecond: 1}, "10.0.0.0/8")
	const token = "a token of metrics"
	for _, c := range []struct {
		what, target, from, token string
		headers                   []string
		want                      heed.Code
	}{
		{"here", "http://127.0.0.1:8080/metrics", "127.0.0.1:1", "", nil, ""},
		{"here, by IPv6", "http://[::1]:8080/metrics", "[::1]:1", "", nil, ""},
		{"from elsewhere", "http://heed.example.com/metrics", "192.0.2.1:1", "", nil, heed.Forbidden},
		{"from elsewhere, by a name of here", "http://127.0.0.1/metrics", "192.0.2.1:1", "", nil, heed.Forbidden},
		{"by a name that points here", "http://evil.example.com/metrics", "127.0.0.1:1", "", nil, heed.Forbidden},
		{"by a proxy here that is not known", "http://127.0.0.1/metrics", "127.0.0.1:1", "", []string{"X-Forwarded-For", "192.0.2.1"}, heed.Forbidden},
		{"by one that says who it is", "http://127.0.0.1/metrics", "127.0.0.1:1", "", []string{"Via", "1.1 web"}, heed.Forbidden},
		{"by a trusted one", "http://127.0.0.1/metrics", "10.0.0.1:1", "", []string{"X-Forwarded-For", "192.0.2.1"}, heed.Forbidden},
		{"with a credential and no token", "http://heed.example.com/metrics", "192.0.2.1:1", "", []string{"Authorization", "Bearer "}, heed.Forbidden},
		{"with the token", "http://heed.example.com/metrics", "192.0.2.2:1", token, []string{"Authorization", "Bearer " + token}, ""},
		{"with another", "http://heed.example.com/metrics", "192.0.2.3:1", token, []string{"Authorization", "Bearer a token"}, heed.Unauthenticated},
		{"with the token in the address", "http://heed.example.com/metrics?token=a+token+of+metrics", "192.0.2.4:1", token, nil, heed.Unauthenticated},
		{"without the token, here", "http://127.0.0.1/metrics", "127.0.0.1:1", token, nil, heed.Unauthenticated},
	} {
		r := request(c.target, c.from, c.headers...)
		r.Method = http.MethodGet
		if got := heed.CodeOf(door.MayReadMetrics(r, c.token)); got != c.want {
			t.Errorf("%s: code %q, want %q", c.what, got, c.want)
		}
	}
	guess := request("http://heed.example.com/metrics", "192.0.2.9:1", "Authorization", "Bearer wrong")
	for range 10 {
		if heed.CodeOf(door.MayReadMetrics(guess, token)) == heed.RateLimited {
			return
		}
	}
	t.Error("the token can be guessed without end")
}
