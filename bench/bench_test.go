package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPercentiles(t *testing.T) {
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(100-i) * time.Millisecond
	}
	for _, c := range []struct {
		name    string
		samples []time.Duration
		p, want float64
	}{
		{"none", nil, 50, 0},
		{"one", []time.Duration{3 * time.Millisecond}, 99, 3},
		{"middle of two is the lower", []time.Duration{4 * time.Millisecond, 2 * time.Millisecond}, 50, 2},
		{"p50 of 1 to 100", hundred, 50, 50},
		{"p99 of 1 to 100", hundred, 99, 99},
		{"p100 of 1 to 100", hundred, 100, 100},
		{"p0 of 1 to 100", hundred, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := newDistribution(c.samples).percentile(c.p); got != c.want {
				t.Errorf("percentile %v is %v, want %v", c.p, got, c.want)
			}
		})
	}
}

// TestTokensAreTheVectors: what the bench mints is what every other minter of
// tokens makes.
func TestTokensAreTheVectors(t *testing.T) {
	text, err := os.ReadFile("../schema/vectors/tokens.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Name      string
		SecretKey string `json:"secret_key"`
		Claims    json.RawMessage
		Token     string
		Minted    bool
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, v := range vectors {
		if !v.Minted {
			continue
		}
		minter, err := newMinter(v.SecretKey)
		if err != nil {
			t.Fatal(err)
		}
		var c claims
		if err := json.Unmarshal(v.Claims, &c); err != nil {
			t.Fatal(err)
		}
		got, err := minter.mint(c)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(v.Token, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", v.Name, diff)
		}
		checked++
	}
	if checked == 0 {
		t.Error("the vectors have no token that is minted")
	}
}

// TestOpenLoopCountsWaiting: a request that could not be sent because the one
// before was slow is slow as well. One connection meets an answer that takes
// until ten more requests are due; a loop that waits would report one slow
// answer of twelve.
func TestOpenLoopCountsWaiting(t *testing.T) {
	const stall = 110 * time.Millisecond
	var first atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if first.CompareAndSwap(false, true) {
			time.Sleep(stall)
		}
	}))
	defer server.Close()
	c := newCaller(server.URL, 1)
	defer c.close()
	loop := openLoop{perSecond: 100, connections: 1, length: 120 * time.Millisecond}
	got, err := loop.run(context.Background(), c, func(int) request { return request{method: http.MethodGet, status: 200} })
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 12 {
		t.Fatalf("%d samples, want 12", len(got))
	}
	if median := got.percentile(50); median < 40 {
		t.Errorf("the median is %v ms: the wait for the connection was not counted", median)
	}
}

func TestFailuresFailTheRow(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	c := newCaller(server.URL, 1)
	defer c.close()
	loop := openLoop{perSecond: 1000, connections: 1, length: 3 * time.Millisecond}
	_, err := loop.run(context.Background(), c, func(int) request { return request{method: http.MethodGet, status: 200} })
	if err == nil {
		t.Error("answers of the wrong status passed")
	}
}

func TestFigures(t *testing.T) {
	for _, c := range []struct {
		name string
		figure
		want []string
	}{
		{"met", figure{what: "a", unit: milliseconds, value: 0.745, null: 0.25, goal: goal{atMost, 1.5}, why: "never said"},
			[]string{"a", "≤ 1.50 ms", "0.74 ms", "0.25 ms", "2.98", "met", ""}},
		{"missed", figure{what: "a", unit: megabytes, value: 121, goal: goal{atMost, 120}, why: "buffers"},
			[]string{"a", "≤ 120 MB", "121 MB", "–", "–", "**missed**", "buffers"}},
		{"share of null", figure{what: "a", unit: perSecond, value: 6000, null: 12345, ratio: 0.49, goal: goal{atLeastOfNull, 0.5}, why: "work"},
			[]string{"a", "≥ 0.5 of null", "6,000 /s", "12,345 /s", "0.49", "**missed**", "work"}},
		{"below is not at most", figure{what: "a", unit: percent, value: 1, goal: goal{below, 1}},
			[]string{"a", "< 1 %", "1 %", "–", "–", "**missed**", ""}},
		{"only told", figure{what: "a", unit: perSecond, value: 1234567, note: "b"},
			[]string{"a", "–", "1,234,567 /s (b)", "–", "–", "–", ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.cells()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestBodies: what is sent is JSON with as many events as it says, and the same
// feedback whenever it is made.
func TestBodies(t *testing.T) {
	h := history{from: time.Unix(1_780_000_000, 0), span: time.Hour, responses: 250, batch: 100, shown: 0.5, rated: 0.5}
	responses := 0
	for n := range h.batches() {
		body, events := h.body(n)
		var sent struct {
			Events []struct{ Type string }
		}
		if err := json.Unmarshal(body, &sent); err != nil {
			t.Fatal(err)
		}
		if len(sent.Events) != events {
			t.Errorf("batch %d has %d events, and says %d", n, len(sent.Events), events)
		}
		for _, event := range sent.Events {
			if event.Type == "response" {
				responses++
			}
		}
	}
	if responses != h.responses {
		t.Errorf("%d responses, want %d", responses, h.responses)
	}
	m := mixture{known: h, secret: "heed_sk_a_b"}
	for i := range 200 {
		first, again := m.request(i), m.request(i)
		if !json.Valid(first.body) {
			t.Fatalf("feedback %d is not JSON: %s", i, first.body)
		}
		if diff := cmp.Diff(string(first.body), string(again.body)); diff != "" {
			t.Errorf("feedback %d differs when made again:\n%s", i, diff)
		}
	}
}
