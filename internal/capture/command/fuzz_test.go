package command_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture/command"
	"github.com/heed-ai/heed/internal/privacy"
)

// FuzzHandle: whatever comes in, nothing panics; what is valid JSON stays so
// when it is changed, and every reply can be read.
func FuzzHandle(f *testing.F) {
	for _, seed := range []string{
		`{"model":"m","messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"},{"role":"user","content":"/-why wrong #a @1"}]}`,
		`{"messages":[{"role":"user","content":"/+why"},{"role":"assistant","content":"Heed: what was it? 1 a · 2 b. Answer with the numbers and, if you like, words, such as: 1 3 the date is wrong"},{"role":"user","content":"2 x"}]}`,
		`{"messages":[{"role":"user","content":"/+"},{"role":"assistant","content":[{"type":"text","text":"Heed: thanks"}]},{"role":"user","content":[{"type":"text","text":"\u002f\/+"}]}]}`,
		`{"stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"system","content":"x"},{"role":"user","content":" /why\n"}]}`,
		`{"input":"//+ x","previous_response_id":"resp_heedl2_ab_resp_1","conversation":{"id":"c"}}`,
		`{"input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"/+"}]},{"type":"item_reference","id":"msg_heed_1"},{"role":"user","content":"//-"}]}`,
		`{"messages":[{"role":"user","content":[{"type":"tool_result","content":"/+"}]},{"role":"user","content":"/-"},null,1,"x",[],{}]}`,
		`{"a":{"b":[[[{"c":"\"\\"}]]],"messages":[]},"messages":[],"/+":1}`,
	} {
		for _, api := range apis {
			f.Add(string(api), []byte(seed))
		}
	}
	f.Fuzz(func(t *testing.T, api string, body []byte) {
		x := newIndex(t)
		r := command.Request{API: command.API(api), Body: body, Project: "prj_1", Tags: heed.DefaultTags(), User: privacy.NewRaw("u-1")}
		before := bytes.Clone(body)
		x.Remember(r, "r-1", "Hello")
		x.Remember(r, "r-2", "")
		command.Turns(r.API, body)
		d := command.Handle(r, x)
		if !bytes.Equal(before, body) {
			t.Fatal("the request itself was written to")
		}
		if (d.Body == nil) == (d.Answer == nil) && len(body) > 0 {
			t.Fatalf("a body of %d bytes and an answer of %v", len(d.Body), d.Answer)
		}
		if d.Act != nil && d.Act.Signal == nil && (d.Act.Edit.ResponseID == "" || len(d.Act.AddTags) > command.MaxTags) {
			t.Fatalf("records %s", what(d.Act))
		}
		if json.Valid(body) && d.Body != nil && !json.Valid(d.Body) {
			t.Fatalf("%s becomes %s", body, d.Body)
		}
		if d.Answer == nil {
			return
		}
		if reply := d.Answer.Reply(&heed.Feedback{Vote: heed.VoteNone}, nil); reply.ContentType == "application/json" && !json.Valid(reply.Body) || len(reply.Body) == 0 {
			t.Fatalf("the reply is %s", reply.Body)
		}
	})
}
