package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func TestWithUsage(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"none", `{"model":"m","stream":true}`, `{"stream_options":{"include_usage":true},"model":"m","stream":true}`},
		{"spaces and escapes stay", "\n{ \"a\" : [1.50, \"\\u00e9}\\\"\"],\t\"stream\": true }\n", "\n{\"stream_options\":{\"include_usage\":true}, \"a\" : [1.50, \"\\u00e9}\\\"\"],\t\"stream\": true }\n"},
		{"options, empty", `{"stream":true,"stream_options":{}}`, `{"stream":true,"stream_options":{"include_usage":true}}`},
		{"options of another kind", `{"stream_options":{ "include_obfuscation":false},"stream":true}`, `{"stream_options":{"include_usage":true, "include_obfuscation":false},"stream":true}`},
		{"null", `{"stream_options": null,"stream":true}`, `{"stream_options": {"include_usage":true},"stream":true}`},
		{"asked for", `{"stream":true,"stream_options":{"include_usage":true}}`, ""},
		{"declined", `{"stream":true,"stream_options":{"include_usage":false}}`, ""},
		{"no stream", `{"model":"m"}`, ""},
		{"not streamed", `{"stream":false}`, ""},
		{"a text that says true", `{"stream":"true"}`, ""},
		{"deeper", `{"x":{"stream":true}}`, ""},
		{"twice", `{"stream":true,"stream":true}`, ""},
		{"options twice", `{"stream":true,"stream_options":{},"stream_options":{}}`, ""},
		{"options that are none", `{"stream":true,"stream_options":"x"}`, ""},
		{"written in another way", `{"stream":true,"stream\u005foptions":{}}`, ""},
		{"cut off", `{"stream":true`, ""},
		{"more behind", `{"stream":true} {}`, ""},
		{"no object", `["stream",true]`, ""},
		{"nothing", ``, ""},
	} {
		got, ok := withUsage([]byte(c.body))
		if string(got) != c.want || ok != (c.want != "") {
			t.Errorf("%s: %s (%v), want %s", c.name, got, ok, c.want)
		}
		if ok && !json.Valid(got) {
			t.Errorf("%s: no JSON is left", c.name)
		}
	}
}

// streams as a provider sends them where it is asked for the usage, and as it
// does where it is not.
var usageStreams = []struct{ name, asked, unasked string }{
	{
		"a chat",
		"data: {\"id\":\"1\",\"choices\":[{\"delta\":{\"content\":\"Hi\"}}],\"usage\":null,\"obfuscation\":\"ab\"}\n\n" +
			"data: {\"id\":\"1\",\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":null}\n\n" +
			"data: {\"id\":\"1\",\"choices\":[],\"usage\":{\"prompt_tokens\":3},\"obfuscation\":\"\"}\n\ndata: [DONE]\n\n",
		"data: {\"id\":\"1\",\"choices\":[{\"delta\":{\"content\":\"Hi\"}}],\"obfuscation\":\"ab\"}\n\n" +
			"data: {\"id\":\"1\",\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n" +
			"data: [DONE]\n\n",
	},
	{
		"comments, other fields, CRLF",
		": wait\r\n\r\nevent: x\r\nid: 7\r\ndata: {\"usage\" : null , \"choices\":[1]}\r\n\r\nretry: 5\r\ndata:{\"choices\": [ ],\"usage\":{}}\r\n\r\ndata: [DONE]\r\n\r\n",
		": wait\r\n\r\nevent: x\r\nid: 7\r\ndata: { \"choices\":[1]}\r\n\r\ndata: [DONE]\r\n\r\n",
	},
	{
		"CR alone",
		"data: {\"choices\":[],\"usage\":{}}\r\rdata: {\"choices\":[1],\"usage\":null}\r\rdata: [DONE]\r\r",
		"data: {\"choices\":[1]}\r\rdata: [DONE]\r\r",
	},
	{
		"no choices for another reason", // content filters, moderation
		"data: {\"choices\":[],\"prompt_filter_results\":[{\"usage\":null}]}\n\ndata: {\"choices\":[],\"moderation\":{},\"usage\":null}\n\n",
		"data: {\"choices\":[],\"prompt_filter_results\":[{\"usage\":null}]}\n\ndata: {\"choices\":[],\"moderation\":{}}\n\n",
	},
	{
		"usage beside choices", // as those tell it who tell it unasked
		"data: {\"choices\":[{\"delta\":{\"content\":\"usage\\\":null\"}}],\"usage\":{\"prompt_tokens\":1}}\n\n",
		"data: {\"choices\":[{\"delta\":{\"content\":\"usage\\\":null\"}}],\"usage\":{\"prompt_tokens\":1}}\n\n",
	},
	{
		"no JSON, no text, no end",
		"data: \"usage\" {\n\ndata: \xff\xfe\"usage\"\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tok",
		"data: \"usage\" {\n\ndata: \xff\xfe\"usage\"\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tok",
	},
	{"only a member", "data: {\"usage\":null}\n\n", "data: {}\n\n"},
	{"the end without an empty line", "data: [1]\n\ndata: {\"choices\":[],\"usage\":{}}", "data: [1]\n\n"},
	{
		"an event too long to be held back",
		"data: {\"usage\":null,\"x\":\"" + strings.Repeat("y", maxUnasked) + "\"}\n\ndata: {\"choices\":[1],\"usage\":null}\n\n",
		"data: {\"usage\":null,\"x\":\"" + strings.Repeat("y", maxUnasked) + "\"}\n\ndata: {\"choices\":[1]}\n\n",
	},
}

// Whatever is cut where, the client gets what it would have got unasked.
func TestUnasked(t *testing.T) {
	for _, c := range usageStreams {
		sizes := []int{1, 2, 3, 5, 7, 16, 61, 4096, 1 << 20}
		if len(c.asked) > maxUnasked {
			sizes = sizes[6:] // the others take long
		}
		for _, size := range sizes {
			got, err := io.ReadAll(&unasked{from: io.NopCloser(parts{strings.NewReader(c.asked), size})})
			if diff := cmp.Diff(c.unasked, string(got)); diff != "" || err != nil {
				t.Errorf("%s, in parts of %d: %v (-want +got):\n%s", c.name, size, err, diff)
			}
		}
		for cut := range min(len(c.asked), 500) {
			body := io.MultiReader(strings.NewReader(c.asked[:cut]), strings.NewReader(c.asked[cut:]))
			if got, _ := io.ReadAll(iotest.DataErrReader(&unasked{from: io.NopCloser(body)})); len(c.asked) < maxUnasked && string(got) != c.unasked {
				t.Errorf("%s, cut at %d: %q", c.name, cut, got)
			}
		}
	}
}

// parts are read in pieces of a size.
type parts struct {
	from io.Reader
	size int
}

func (p parts) Read(b []byte) (int, error) { return p.from.Read(b[:min(len(b), p.size)]) }

// What ends an event passes before the next begins; of an error what came passes
// first.
func TestUnaskedHoldsNothingBack(t *testing.T) {
	reader, writer := io.Pipe()
	u := &unasked{from: reader}
	buffer := make([]byte, 4096)
	for _, event := range []string{"data: {\"choices\":[1],\"usage\":null}\n\n", ": ping\n\n", "data: {\"choices\":[2]}\r\n\r\n"} {
		go func() { _, _ = io.WriteString(writer, event) }()
		n, err := u.Read(buffer)
		if want := strings.Replace(event, `,"usage":null`, "", 1); string(buffer[:n]) != want || err != nil {
			t.Errorf("%q %v, want %q", buffer[:n], err, want)
		}
	}
	broken := errors.New("broken")
	go func() {
		_, _ = io.WriteString(writer, "data: {\"cho")
		_ = writer.CloseWithError(broken)
	}()
	rest, err := io.ReadAll(u)
	if string(rest) != "data: {\"cho" || !errors.Is(err, broken) {
		t.Errorf("%q %v", rest, err)
	}
}

// However a stream is cut, the same passes, in its order; where nothing is said
// of usage all of it passes.
func FuzzUnasked(f *testing.F) {
	for _, c := range usageStreams {
		if len(c.asked) < maxUnasked {
			f.Add([]byte(c.asked), uint8(3))
		}
	}
	f.Fuzz(func(t *testing.T, stream []byte, size uint8) {
		whole, err := io.ReadAll(&unasked{from: io.NopCloser(bytes.NewReader(stream))})
		if err != nil {
			t.Fatal(err)
		}
		cut, err := io.ReadAll(&unasked{from: io.NopCloser(parts{bytes.NewReader(stream), int(size)%97 + 1})})
		if err != nil || !bytes.Equal(cut, whole) {
			t.Errorf("cut, %q passes, else %q (%v)", cut, whole, err)
		}
		if !bytes.Contains(stream, []byte(`"usage"`)) && !bytes.Equal(whole, stream) {
			t.Errorf("%q became %q", stream, whole)
		}
	})
}

// A request stays JSON that says the same, but for what is added.
func FuzzWithUsage(f *testing.F) {
	for _, body := range []string{`{"stream":true}`, `{"stream":true,"stream_options":{"a":[]}}`, `{"stream_options":null,"stream":true}`, `{"a":"\"}","stream":true}`} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		changed, ok := withUsage(body)
		if !ok || !json.Valid(body) {
			return
		}
		var before, after map[string]any
		if json.Unmarshal(body, &before) != nil || json.Unmarshal(changed, &after) != nil {
			t.Fatalf("%q became %q", body, changed)
		}
		options, _ := after["stream_options"].(map[string]any)
		if options["include_usage"] != true {
			t.Fatalf("%q became %q", body, changed)
		}
		delete(options, "include_usage")
		if was, ok := before["stream_options"].(map[string]any); ok {
			before["stream_options"] = was
		} else {
			delete(before, "stream_options")
			delete(after, "stream_options")
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("more was changed (-before +after):\n%s", diff)
		}
	})
}
