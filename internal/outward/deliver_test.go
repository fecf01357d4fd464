package outward_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/outward"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func message() *outward.Message {
	return &outward.Message{Type: heed.EventFindingCreated, Time: noon, Data: map[string]string{"id": "fnd_1"}, Title: "New finding: it is wrong", Path: "/findings/fnd_1"}
}

func delivery() *heed.Delivery { return &heed.Delivery{ID: "msg_1", State: heed.DeliveryWaiting} }

// TestSchedule walks a delivery that nobody takes through its ten tries: the times
// are those of the specification and up to a tenth more, and with the last one the
// endpoint is disabled.
func TestSchedule(t *testing.T) {
	e, d, now := heed.Endpoint{}, *delivery(), noon
	for try := range 10 {
		got := outward.Judge(&e, d, outward.Outcome{Outcome: heed.OutcomeRefused, Status: 500}, now)
		if e.FailingSince.IsZero() {
			e.FailingSince = now
		}
		d = got.Delivery
		if try == 9 {
			if d.State != heed.DeliveryFailed || got.Disable != heed.EndpointFailing || d.DoneAt.IsZero() {
				t.Errorf("after the last try it is %s, disabled: %q", d.State, got.Disable)
			}
			return
		}
		wait, want := d.NextAt.Sub(now), outward.Schedule[try]
		if d.State != heed.DeliveryWaiting || wait < want || wait > want+want/10+time.Microsecond || got.Disable != "" {
			t.Errorf("after try %d it is %s and waits %v, not %v; disabled: %q", try+1, d.State, wait, want, got.Disable)
		}
		if rest := got.RestUntil.Sub(now); rest < time.Second || rest > 5*time.Minute {
			t.Errorf("after try %d the endpoint rests %v", try+1, rest)
		}
		now = d.NextAt
	}
}

func TestJudge(t *testing.T) {
	for name, test := range map[string]struct {
		got     outward.Outcome
		state   heed.DeliveryState
		wait    time.Duration // at least
		disable heed.EndpointReason
	}{
		"taken":                   {outward.Outcome{Outcome: heed.OutcomeTaken, Status: 204}, heed.DeliveryDelivered, 0, ""},
		"gone":                    {outward.Outcome{Outcome: heed.OutcomeGone, Status: 410}, heed.DeliveryFailed, 0, heed.EndpointGone},
		"erased":                  {outward.Outcome{Outcome: heed.OutcomeErased}, heed.DeliveryVoid, 0, ""},
		"asks for time":           {outward.Outcome{Outcome: heed.OutcomeRefused, Status: 429, After: time.Hour}, heed.DeliveryWaiting, time.Hour, ""},
		"asks for a year":         {outward.Outcome{Outcome: heed.OutcomeRefused, Status: 503, After: 365 * 24 * time.Hour}, heed.DeliveryWaiting, 24 * time.Hour, ""},
		"is on a private network": {outward.Outcome{Outcome: heed.OutcomePrivate}, heed.DeliveryWaiting, 5 * time.Second, ""},
	} {
		got := outward.Judge(&heed.Endpoint{}, *delivery(), test.got, noon)
		if got.Delivery.State != test.state || got.Disable != test.disable || got.Delivery.Tries != 1 || got.Try.Number != 1 {
			t.Errorf("%s: %+v", name, got)
		}
		if wait := got.Delivery.NextAt.Sub(noon); test.wait > 0 && (wait < test.wait || wait > test.wait+test.wait/10) {
			t.Errorf("%s: waits %v", name, wait)
		}
		if test.got.After > 0 && got.RestUntil.Sub(noon) < test.wait {
			t.Errorf("%s: the endpoint rests until %v", name, got.RestUntil)
		}
	}
}

// TestSecrets: each of the secrets that sign is one by which the official library
// knows Heed; one that was replaced is for a day.
func TestSecrets(t *testing.T) {
	first := outward.NewSecret()
	target := &outward.Target{Secrets: []outward.Secret{first}}
	second, until := target.Rotate(time.Now())
	if left := time.Until(until); left < 23*time.Hour || left > 24*time.Hour {
		t.Errorf("the one before signs for %v", left)
	}
	took := func(secret outward.Secret, when string) bool {
		var good error
		server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			hook, err := standardwebhooks.NewWebhook(secret.Text)
			if err != nil {
				t.Error(err)
				return
			}
			good = hook.Verify(body, r.Header)
		}))
		defer server.Close()
		target.URL = server.URL
		if got := outward.PostPrivately(true, target, delivery(), message()); got.Outcome != heed.OutcomeTaken {
			t.Errorf("%s: %+v", when, got)
		}
		return good == nil
	}
	if !took(first, "before") || !took(second, "after") {
		t.Error("one of two secrets does not sign")
	}
	if took(outward.NewSecret(), "another") {
		t.Error("anything signs")
	}
	target.Secrets[1].Until = time.Now().Add(-time.Second)
	if took(first, "a day later") || !took(second, "a day later") {
		t.Error("the secret before signs for ever, or the new one does not")
	}
	for range 5 {
		target.Rotate(time.Now())
	}
	if len(target.Secrets) > 3 {
		t.Errorf("%d sign", len(target.Secrets))
	}
}

// TestAnswers: how a receiver behaves decides what becomes of a try, and none is
// followed elsewhere or read to its end.
func TestAnswers(t *testing.T) {
	elsewhere := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	defer other.Close()
	for path, want := range map[string]outward.Outcome{
		"200": {heed.OutcomeTaken, 200, 0}, "299": {heed.OutcomeTaken, 299, 0}, "301": {heed.OutcomeRedirected, 301, 0}, "307": {heed.OutcomeRedirected, 307, 0},
		"400": {heed.OutcomeRefused, 400, 0}, "410": {heed.OutcomeGone, 410, 0}, "429": {heed.OutcomeRefused, 429, 120 * time.Second}, "500": {heed.OutcomeRefused, 500, 0},
		"endless": {heed.OutcomeTaken, 200, 0}, "cut": {heed.OutcomeUnreachable, 0, 0},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch path {
			case "endless":
				for r.Context().Err() == nil {
					if _, err := w.Write(make([]byte, 64<<10)); err != nil {
						return
					}
				}
			case "cut":
				panic(http.ErrAbortHandler)
			case "429":
				w.Header().Set("Retry-After", "120")
			case "301", "307":
				w.Header().Set("Location", other.URL)
			}
			var status int
			_ = json.Unmarshal([]byte(path), &status)
			w.WriteHeader(status)
		}))
		got := outward.PostPrivately(true, &outward.Target{URL: server.URL + "/" + path}, delivery(), message())
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
		server.CloseClientConnections()
		server.Close()
	}
	if elsewhere > 0 {
		t.Error("a redirect was followed")
	}
}

// TestPrivateAddresses: what is on this machine is not spoken to, whatever its name.
func TestPrivateAddresses(t *testing.T) {
	called := 0
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called++ }))
	defer server.Close()
	port := server.URL[strings.LastIndexByte(server.URL, ':'):]
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "169.254.169.254", "2130706433"} {
		got := outward.PostPrivately(false, &outward.Target{URL: "http://" + host + port}, delivery(), message())
		if got.Outcome != heed.OutcomePrivate && got.Outcome != heed.OutcomeUnreachable {
			t.Errorf("%s: %+v", host, got)
		}
	}
	if got := outward.PostPrivately(false, &outward.Target{URL: server.URL}, delivery(), message()); got.Outcome != heed.OutcomePrivate || called > 0 {
		t.Errorf("%+v after %d calls", got, called)
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestHanging: an endpoint that never answers is given up on in time.
func TestHanging(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		got := outward.PostTo(transport(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}), &outward.Target{URL: "https://slow.example.com"}, delivery(), message())
		if took := time.Since(begun); got.Outcome != heed.OutcomeLate || took != outward.SendWithin {
			t.Errorf("%+v after %v", got, took)
		}
	})
}

func TestTargets(t *testing.T) {
	for address, want := range map[string]string{
		"https://hooks.example.com/in?key=1": "hooks.example.com", "https://hooks.example.com:8443/": "hooks.example.com:8443",
		"http://hooks.example.com/": "", "ftp://hooks.example.com": "", "https://user:pass@hooks.example.com": "", "https://": "", "": "", "hooks.example.com": "",
		"https://hooks.example.com/#part": "", "https://h/" + strings.Repeat("x", 3000): "", "https://hooks.example.com/\x00": "",
	} {
		host, err := (&outward.Target{URL: address}).Check(heed.EndpointWebhook, false)
		if host != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q (%v)", address, host, err)
		}
		if err != nil && address != "" && len(address) > 8 && strings.Contains(err.Error(), address) {
			t.Errorf("%q: its error repeats it", address)
		}
	}
	for _, test := range []struct {
		to   string
		want string
	}{
		{"ada@example.com", "example.com"}, {"ada@example.com|bob@other.example|eve@example.com", "example.com, other.example"}, {"Ada <ada@example.com>", ""}, {"ada", ""},
		{"ada@example.com\r\nBcc: eve@example.com", ""}, {"", ""}, {strings.Repeat("a@example.com|", 21), ""},
		{`"eve@evil.example> "@example.com`, ""}, {`"a b"@example.com`, ""}, {`"eve@evil.example,"@example.com`, ""},
	} {
		host, err := (&outward.Target{To: strings.Split(test.to, "|")}).Check(heed.EndpointEmail, false)
		if host != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%q: %q (%v)", test.to, host, err)
		}
	}
}
