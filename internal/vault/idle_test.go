package vault_test

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/vault"
)

// textKeys lists the keys of the project of placeOf, page by page.
func textKeys(t *testing.T, v *vault.Vault) []heed.TextKey {
	t.Helper()
	var all []heed.TextKey
	for after := int64(0); ; after = all[len(all)-1].N {
		page, err := v.TextKeys(t.Context(), "prj_1", after, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			return all
		}
		all = append(all, page...)
	}
}

// A key that is of no use any more is destroyed, of a person and of a day; one under
// which something was sealed lately is not, whatever who asks believes.
func TestShredIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		v := open(t, dir)
		nobody := placeOf(0)
		nobody.Respondent, nobody.At = heed.Respondent{}, time.Now()
		first, second, third := seal(t, v, placeOf(1), comment), seal(t, v, placeOf(2), comment), seal(t, v, nobody, comment)
		wrapped := wrappedKeys(t, dir, "prj_1")["respondent:"+placeOf(1).Respondent.String()]
		keys := textKeys(t, v)
		if len(keys) != 3 || keys[0].Respondent != placeOf(1).Respondent || keys[1].Respondent != placeOf(2).Respondent ||
			!keys[2].Respondent.IsZero() || !keys[2].Day.Equal(time.Now().UTC().Truncate(24*time.Hour)) {
			t.Fatalf("keys %+v", keys)
		}
		if n, err := v.ShredIdle(t.Context(), "prj_1", keys); err != nil || n != 0 {
			t.Errorf("%d keys were destroyed under texts that are on their way (%v)", n, err)
		}
		time.Sleep(2*vault.InFlight + time.Second)
		again := seal(t, v, placeOf(2), comment)
		if n, err := v.ShredIdle(t.Context(), "prj_other", keys); err != nil || n != 0 {
			t.Errorf("%d keys of another project were destroyed (%v)", n, err)
		}
		if n, err := v.ShredIdle(t.Context(), "prj_1", keys); err != nil || n != 2 {
			t.Errorf("%d keys were destroyed (%v), want 2", n, err)
		}
		check(t, v, placeOf(1), first, "", vault.ErrShredded)
		check(t, v, nobody, third, "", vault.ErrShredded)
		check(t, v, placeOf(2), second, comment, nil)
		check(t, v, placeOf(2), again, comment, nil)
		if bytes.Contains(onDisk(t, dir), wrapped) {
			t.Error("the key is still on disk")
		}
		if left := textKeys(t, v); len(left) != 1 || left[0].N != keys[1].N {
			t.Errorf("left are %+v", left)
		}
		check(t, v, placeOf(1), seal(t, v, placeOf(1), comment), comment, nil) // under a new key
	})
}

// Where nothing is sealed any more, keys end all the same.
func TestShredIdleOfQuietVault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := open(t, t.TempDir())
		seal(t, v, placeOf(1), comment)
		keys := textKeys(t, v)
		for _, wait := range []time.Duration{0, vault.InFlight} {
			time.Sleep(wait)
			if n, err := v.ShredIdle(t.Context(), "prj_1", keys); err != nil || n != 0 {
				t.Errorf("after %v %d keys were destroyed (%v)", wait, n, err)
			}
		}
		time.Sleep(vault.InFlight)
		if n, err := v.ShredIdle(t.Context(), "prj_1", keys); err != nil || n != 1 {
			t.Errorf("%d keys were destroyed in the end (%v), want 1", n, err)
		}
	})
}

// Who comes back at the moment when their key is destroyed loses nothing.
func TestShredIdleBesideSealing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := open(t, t.TempDir())
		var work sync.WaitGroup
		for person := range byte(4) {
			work.Go(func() {
				for i := range 40 {
					time.Sleep(time.Duration(7+3*i%19) * time.Minute) // sometimes longer than a text is on its way
					text := fmt.Sprint(comment, i)
					s, err := vault.SealText(t.Context(), v, placeOf(person+1), text)
					if err != nil {
						t.Errorf("seal: %v", err)
						return
					}
					if got, err := v.Open(t.Context(), placeOf(person+1), s); err != nil || got != text {
						t.Errorf("what was just sealed does not open: %v", err)
					}
				}
			})
		}
		var destroyed int64
		for range 200 {
			time.Sleep(time.Minute)
			n, err := v.ShredIdle(t.Context(), "prj_1", textKeys(t, v))
			if err != nil {
				t.Errorf("shred: %v", err)
			}
			destroyed += n
		}
		work.Wait()
		if destroyed == 0 {
			t.Error("no key was destroyed, so this proves nothing")
		}
	})
}
