package heed_test

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"

	heed "github.com/heed-ai/heed/sdk/go"
)

func TestCommandVectors(t *testing.T) {
	text, err := os.ReadFile("../../schema/vectors/command.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Name    string
		Text    string
		Offered int
		Command *heed.Command
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		got, ok := heed.ParseCommand(v.Text, v.Offered)
		if ok != (v.Command != nil) {
			t.Errorf("%s: %+v, want %+v", v.Name, got, v.Command)
			continue
		}
		got.Tags, got.Picks = append([]string{}, got.Tags...), append([]int{}, got.Picks...)
		if ok && !reflect.DeepEqual(got, *v.Command) {
			t.Errorf("%s: %+v, want %+v", v.Name, got, *v.Command)
		}
	}
	if len(vectors) < 100 {
		t.Errorf("there are %d vectors", len(vectors))
	}
}
