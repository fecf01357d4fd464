package vault

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
)

func respondentOf(n byte) owner {
	return owner{project: "prj_1", kind: ofRespondent, respondent: heed.Respondent{n}}
}

// slowMaker makes keys whose first id byte is that of their owner, one batch
// for each value it is sent.
type slowMaker struct {
	*maker
	proceed chan error
	batches []int // sizes; read it only while nothing is made
}

func startSlowMaker() *slowMaker {
	s := &slowMaker{proceed: make(chan error)}
	s.maker = startMaker(func(_ context.Context, owners []owner) ([]key, error) {
		s.batches = append(s.batches, len(owners))
		made := make([]key, len(owners))
		for i, o := range owners {
			made[i] = key{id: keyID{o.respondent[0]}, owner: o}
		}
		if err := <-s.proceed; err != nil {
			return nil, err
		}
		return made, nil
	})
	return s
}

func TestMakerSharesCommits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := startSlowMaker()
		ask := func(n byte) {
			go func() {
				ks, err := m.make(t.Context(), respondentOf(n), respondentOf(200), respondentOf(n))
				for i, want := range []byte{n, 200, n} {
					if err != nil || len(ks) != 3 || ks[i].owner != respondentOf(want) || ks[i].id[0] != want {
						t.Errorf("respondent %d: keys %v, error %v", n, ks, err)
					}
				}
			}()
		}
		ask(1)
		synctest.Wait()
		for n := range byte(63) {
			ask(n + 2)
			ask(n + 2) // two calls for one respondent
		}
		synctest.Wait()
		m.proceed <- nil
		m.proceed <- nil
		synctest.Wait()
		m.stop()
		if diff := cmp.Diff([]int{2, 64}, m.batches); diff != "" {
			t.Errorf("keys per commit (-want +got):\n%s", diff)
		}
	})
}

func TestMakerTellsEverybodyOfAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := startSlowMaker()
		full := errors.New("disk full")
		for n := range byte(8) {
			go func() {
				if _, err := m.make(t.Context(), respondentOf(n)); !errors.Is(err, full) {
					t.Errorf("respondent %d: %v, want %v", n, err, full)
				}
			}()
			synctest.Wait()
		}
		m.proceed <- full // to the first
		m.proceed <- full // to all others
		synctest.Wait()
		m.stop()
	})
}

func TestMakerAnswersWhoGaveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := startSlowMaker()
		ctx, cancel := context.WithCancel(t.Context())
		gaveUp := make(chan error, 2)
		for n := range byte(2) { // one is being made, one waits
			go func() {
				_, err := m.make(ctx, respondentOf(n))
				gaveUp <- err
			}()
			synctest.Wait()
		}
		cancel()
		for range 2 {
			if err := <-gaveUp; heed.CodeOf(err) != heed.Unavailable || !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want code unavailable for context.Canceled", err)
			}
		}
		m.proceed <- nil // the commit goes on, and nobody waits for ever
		m.stop()
		if _, err := m.make(t.Context(), respondentOf(9)); heed.CodeOf(err) != heed.Unavailable {
			t.Errorf("after stop: %v, want code unavailable", err)
		}
	})
}

func TestMakerBoundsABatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := startSlowMaker()
		for n := range maxBatch + 2 {
			o := respondentOf(byte(n))
			o.respondent[1] = byte(n >> 8)
			go m.make(t.Context(), o)
			if n == 0 {
				synctest.Wait()
			}
		}
		synctest.Wait()
		for range 3 {
			m.proceed <- nil
		}
		synctest.Wait()
		m.stop()
		if diff := cmp.Diff([]int{1, maxBatch, 1}, m.batches); diff != "" {
			t.Errorf("keys per commit (-want +got):\n%s", diff)
		}
	})
}
