package access_test

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed/internal/access"
)

var noon = time.Date(2026, 5, 28, 12, 0, 0, 0, time.UTC)

func limiter(t testing.TB, perSecond float64, burst, maxSubjects int) *access.Limiter {
	t.Helper()
	l, err := access.NewLimiter(access.Rate{PerSecond: perSecond, Burst: burst}, maxSubjects)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLimiter(t *testing.T) {
	type call struct {
		after time.Duration // since noon
		cost  int
		ok    bool
		retry time.Duration
	}
	for _, test := range []struct {
		name  string
		calls []call
	}{
		{"a burst, then the rate", []call{ // 10 a second, 3 at once
			{0, 1, true, 0}, {0, 1, true, 0}, {0, 1, true, 0}, {0, 1, false, 100 * time.Millisecond},
			{99 * time.Millisecond, 1, false, time.Millisecond}, {100 * time.Millisecond, 1, true, 0},
			{100 * time.Millisecond, 1, false, 100 * time.Millisecond}, {time.Second, 3, true, 0}, {time.Second, 1, false, 100 * time.Millisecond},
		}},
		{"what is refused is not counted", []call{
			{0, 3, true, 0}, {0, 1, false, 100 * time.Millisecond}, {0, 1, false, 100 * time.Millisecond}, {100 * time.Millisecond, 1, true, 0},
		}},
		{"a pause saves no more than the burst", []call{
			{0, 1, true, 0}, {time.Hour, 3, true, 0}, {time.Hour, 1, false, 100 * time.Millisecond},
		}},
		{"more than the burst is the burst", []call{
			{0, 1000, true, 0}, {0, 1, false, 100 * time.Millisecond}, {200 * time.Millisecond, 1000, false, 100 * time.Millisecond}, {300 * time.Millisecond, 1000, true, 0},
		}},
		{"nothing costs nothing", []call{
			{0, 3, true, 0}, {0, 0, true, 0}, {0, -5, true, 0}, {0, 1, false, 100 * time.Millisecond},
		}},
		{"a clock that was turned back", []call{
			{time.Hour, 3, true, 0}, {0, 1, false, 100 * time.Millisecond}, {100 * time.Millisecond, 1, true, 0},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, who := limiter(t, 10, 3, 100), access.SubjectOf("somebody")
			for i, c := range test.calls {
				ok, retry := l.Allow(who, c.cost, noon.Add(c.after))
				if ok != c.ok || retry != c.retry {
					t.Errorf("call %d: %t after %v, want %t after %v", i, ok, retry, c.ok, c.retry)
				}
			}
		})
	}
}

func TestSubjectsAreApart(t *testing.T) {
	l := limiter(t, 1, 1, 100)
	for _, who := range []string{"a", "b", "c"} {
		if ok, _ := l.Allow(access.SubjectOf(who), 1, noon); !ok {
			t.Errorf("%s is refused for what others did", who)
		}
		if ok, _ := l.Allow(access.SubjectOf(who), 1, noon); ok {
			t.Errorf("%s may call twice", who)
		}
	}
}

func TestSubjectOfAddress(t *testing.T) {
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "::ffff:192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false},
		{"2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", true},
		{"2001:db8::1", "2001:db8:0:0:8000::1", true},
		{"2001:db8::1", "2001:db8:0:1::1", false},
		{"fe80::1%eth0", "fe80::1%eth1", true},
		{"::192.0.2.1", "192.0.2.1", false},
	} {
		a, b := netip.MustParseAddr(test.a), netip.MustParseAddr(test.b)
		if same := access.SubjectOfAddress(a) == access.SubjectOfAddress(b); same != test.same {
			t.Errorf("%s and %s: same %t, want %t", a, b, same, test.same)
		}
	}
}

func TestNewLimiterRefuses(t *testing.T) {
	for _, rate := range []access.Rate{{}, {PerSecond: -1, Burst: 1}, {PerSecond: 1}, {PerSecond: 1e12, Burst: 1}, {PerSecond: 0.001, Burst: 1000}} {
		if _, err := access.NewLimiter(rate, 10); err == nil {
			t.Errorf("%+v is taken", rate)
		}
	}
	if _, err := access.NewLimiter(access.Rate{PerSecond: 1, Burst: 1}, 0); err == nil {
		t.Error("a limiter without room is taken")
	}
}

// A million networks of an attacker, with one good caller among them: the
// table stays within its bound, the good caller keeps exactly its rate, and an
// attacker who comes back at once is still known.
func TestLimiterUnderAMillionAddresses(t *testing.T) {
	const most, attackers = 100_000, 1_000_000
	l := limiter(t, 10, 20, most)
	good := access.SubjectOf("a good key")
	now, allowed := noon, 0
	for i := range attackers {
		now = now.Add(100 * time.Microsecond) // 100 s in all
		var address [16]byte
		binary.BigEndian.PutUint64(address[:8], 0x2001_0db8_0000_0000+uint64(i))
		who := access.SubjectOfAddress(netip.AddrFrom16(address))
		if ok, _ := l.Allow(who, 20, now); !ok {
			t.Fatal("a new address has no allowance")
		}
		if ok, _ := l.Allow(who, 1, now); ok {
			t.Fatal("an attacker is forgotten at once")
		}
		if i%500 == 0 { // the good caller comes 20 times a second: twice its rate
			if ok, _ := l.Allow(good, 1, now); ok {
				allowed++
			}
		}
	}
	if got := l.Len(); got > most+32 {
		t.Errorf("%d subjects are kept, want %d at most", got, most+32)
	}
	if want := 100*10 + 20; allowed < want-1 || allowed > want {
		t.Errorf("the good caller was let in %d times, want %d", allowed, want)
	}
}

// The one that called longest ago is forgotten, in whatever order they come:
// a part of the table is held against a plain list.
func TestLimiterForgetsTheOldest(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, room := range []int{1, 2, 3, 10} {
		order, touch := access.LimiterPart(room)
		var want []access.Subject // the newest first
		for range 5000 {
			who := access.Subject{byte(random.IntN(2 * room))}
			touch(who)
			want = slices.DeleteFunc(want, func(other access.Subject) bool { return other == who })
			want = slices.Insert(want, 0, who)
			want = want[:min(len(want), room)]
			if diff := cmp.Diff(want, order()); diff != "" {
				t.Fatalf("order with room for %d (-want +got):\n%s", room, diff)
			}
		}
	}
}

func TestLimiterAtOnce(t *testing.T) {
	l, who := limiter(t, 1, 1000, 100), access.SubjectOf("somebody")
	var allowed atomic.Int64
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 500 {
				if ok, _ := l.Allow(who, 1, noon); ok {
					allowed.Add(1)
				}
			}
		})
	}
	group.Wait()
	if got := allowed.Load(); got != 1000 {
		t.Errorf("%d calls were let in, want 1000", got)
	}
}
