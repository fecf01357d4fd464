package vault_test

import (
	"errors"
	"testing"

	"github.com/heed-ai/heed/internal/vault"
)

// A row of keys.db that stands in for another does not open, so that whoever
// can write keys.db cannot pass one person's texts off as another's.
func TestKeysCannotBeExchanged(t *testing.T) {
	dir := t.TempDir()
	first := open(t, dir)
	mine := seal(t, first, placeOf(1), comment)
	other := placeOf(2)
	other.Project = "prj_2"
	seal(t, first, placeOf(2), comment)
	seal(t, first, other, comment)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	db := database(t, dir)
	owner := func(p vault.Place) string { return "respondent:" + p.Respondent.String() }
	for _, test := range []struct{ name, query string }{
		{"key", `UPDATE keys SET wrapped = (SELECT wrapped FROM keys WHERE project = 'prj_1' AND owner = ?2) WHERE project = 'prj_1' AND owner = ?1`},
		{"owner", `UPDATE keys SET project = 'prj_3', owner = ?2 WHERE project = 'prj_1' AND owner = ?1`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := db.Exec(test.query, owner(placeOf(1)), owner(placeOf(2))); err != nil {
				t.Fatal(err)
			}
			v := open(t, dir)
			p := placeOf(1)
			if test.name == "owner" {
				p = placeOf(2)
				p.Project = "prj_3"
			}
			check(t, v, p, mine, "", vault.ErrTampered)
			if _, err := vault.SealText(t.Context(), v, p, comment); !errors.Is(err, vault.ErrTampered) {
				t.Errorf("seal: %v, want %v", err, vault.ErrTampered)
			}
		})
	}
}
