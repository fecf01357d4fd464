package gateway

import "testing"

func TestWithoutPerson(t *testing.T) {
	for body, want := range map[string]string{
		`{"model":"m","user":"u-42","messages":[{"role":"user","content":"Hi"}]}`: `{"model":"m","user":"","messages":[{"role":"user","content":"Hi"}]}`,
		`{ "user" : "a\"b" , "metadata": {"user_id": ["x"]} }`:                    `{ "user" : "" , "metadata": {} }`,
		`{"safety_identifier":"x","prompt_cache_key":"y","user":null}`:            `{"safety_identifier":"","prompt_cache_key":"","user":""}`,
		`{"user":"a","user":"b"}`:                     `{"user":"","user":""}`,
		`{"messages":[{"user":"said","metadata":1}]}`: `{"messages":[{"user":"said","metadata":1}]}`,
		`{"user":"u-42","messages":[`:                 `{"user":"","messages":[`,
		`["user"]`:                                    `["user"]`,
		`no JSON`:                                     `no JSON`,
		``:                                            ``,
	} {
		if got := withoutPerson([]byte(body)); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
}
