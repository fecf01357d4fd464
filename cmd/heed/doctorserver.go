package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxClockGap is how far two clocks may be apart: feedback tokens say when
// they were made, to the second, and one from the future is refused.
const maxClockGap = 30 * time.Second

// reply is an answer, whatever its status.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// ask sends one request once. Headers come as name, value pairs.
func (d *doctor) ask(ctx context.Context, method, path, body string, headers ...string) (reply, error) {
	request, err := http.NewRequestWithContext(ctx, method, d.base+path, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := d.http.Do(request)
	if err != nil {
		return reply{}, rootCause(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 4<<20))
	return reply{answer.StatusCode, answer.Header, text}, err
}

// problem is what the server said was wrong.
func (r reply) problem() string {
	return sentence(problemOf(&http.Response{
		Status: strings.TrimSpace(fmt.Sprintf("%d %s", r.status, http.StatusText(r.status))), Body: io.NopCloser(bytes.NewReader(r.body)),
	}))
}

func withKey(key string) []string { return []string{"Authorization", "Bearer " + key} }

func (d *doctor) checkServer(ctx context.Context) diagnosis {
	base := strings.TrimRight(d.cmd.URL, "/")
	if u, err := url.Parse(base); err != nil || u.Host == "" {
		return ill("HEED_URL must be an address such as http://127.0.0.1:8080.")
	}
	d.base = base
	began := time.Now()
	got, err := d.ask(ctx, http.MethodGet, "/healthz", "")
	took := time.Since(began)
	if err == nil && got.status == http.StatusOK {
		if date, err := http.ParseTime(got.header.Get("Date")); err == nil {
			// The date is cut to the second, so on average it is half of one behind.
			d.skew = date.Add(500 * time.Millisecond).Sub(began.Add(took / 2))
		}
		return fine("%s answers", base)
	}
	d.base = ""
	if err != nil {
		return ill("No answer from %s: %v. Start heed serve there, or set HEED_URL to where it runs.", base, err)
	}
	return ill("%s answers %d on /healthz, as no heed does: set HEED_URL to the address of one.", base, got.status)
}

func unreachable() diagnosis { return skipped("no server answers") }

func (d *doctor) checkReadiness(ctx context.Context) diagnosis {
	if d.base == "" {
		return unreachable()
	}
	got, err := d.ask(ctx, http.MethodGet, "/readyz", "")
	switch {
	case err != nil:
		return ill("No answer on /readyz: %v.", err)
	case got.status == http.StatusOK:
		return fine("it accepts writes")
	}
	return ill("It accepts no writes and says: %s. Wait if it is starting, else see its log and make room on its disk.", strings.TrimSpace(string(got.body)))
}

func (d *doctor) checkVersion(ctx context.Context) diagnosis {
	if d.base == "" {
		return unreachable()
	}
	var document struct {
		Info struct{ Title, Version string }
	}
	got, err := d.ask(ctx, http.MethodGet, "/openapi.json", "")
	if err == nil {
		err = json.Unmarshal(got.body, &document)
	}
	if err != nil || document.Info.Title != "Heed" {
		return ill("The server does not describe itself as Heed at /openapi.json: set HEED_URL to the address of one.")
	}
	if document.Info.Version != version() {
		return fine("the server is %s, this command is %s", document.Info.Version, version())
	}
	return fine("%s, like this command", document.Info.Version)
}

func (d *doctor) checkClock(context.Context) diagnosis {
	if d.base == "" {
		return unreachable()
	}
	gap, direction := d.skew.Round(time.Second), "ahead of"
	if gap < 0 {
		gap, direction = -gap, "behind"
	}
	if gap > maxClockGap {
		return ill("The server's clock is %s %s this machine's: set both by NTP, or feedback tokens will be refused as expired or not yet valid.", gap, direction)
	}
	return fine("within %s of the server's", max(gap, time.Second))
}
