package fields_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture/fields"
)

// What is wrong anywhere in an object is told by the object, with the path to it.
func TestObjectNamesWhatIsWrongInside(t *testing.T) {
	o, err := fields.Parse([]byte(`{"a":{"b":{"n":"wombat","t":"wombat"},"s":7},"list":[],"none":null}`))
	if err != nil {
		t.Fatal(err)
	}
	inner := o.Object("a")
	inner.Object("b").Whole("n")
	inner.Object("b").Time("t")
	inner.String("s")
	o.Object("list").String("s")
	if s := o.Object("none").Object("deeper").String("s"); s != "" || o.Object("absent").Has("s") {
		t.Error("there is something in what is not there")
	}
	got, _ := o.Err().(*heed.Error)
	want := []heed.FieldError{
		{Location: "a.b.n", Message: "must be a number"},
		{Location: "a.b.t", Message: "must be a time such as 2026-01-31T12:00:00Z"},
		{Location: "a.s", Message: "must be a string"},
		{Location: "list", Message: "must be an object"},
	}
	if got == nil || !cmp.Equal(want, got.Fields) {
		t.Errorf("wrong: %+v, want %+v", got, want)
	}
}

func TestRenamed(t *testing.T) {
	names := map[string]string{"time": "created_at"}
	failed := errors.New("failed")
	for _, c := range []struct{ err, want error }{
		{heed.InvalidField("time", "is old"), heed.InvalidField("created_at", "is old")},
		{heed.InvalidField("vote", "is odd"), heed.InvalidField("vote", "is odd")},
		{heed.Errorf(heed.Forbidden, "no"), heed.Errorf(heed.Forbidden, "no")},
		{failed, failed}, {nil, nil},
	} {
		if got := fields.Renamed(c.err, names); got != c.want && !cmp.Equal(c.want, got) {
			t.Errorf("%v became %v, want %v", c.err, got, c.want)
		}
	}
}
