package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/heed-ai/heed/internal/capture/link"
)

// TestSigned: the example that Slack's documentation computes, and what is not it.
func TestSigned(t *testing.T) {
	const (
		secret    = "8f742231b10e8888abcd99yyyzzz85a5"
		timestamp = "1531420618"
		body      = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner" +
			"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
		signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
	)
	then := time.Unix(1531420618, 0)
	for _, c := range []struct {
		name                             string
		secret, timestamp, signed, given string
		after                            time.Duration
		want                             bool
	}{
		{"as Slack has it", secret, timestamp, body, signature, time.Minute, true},
		{"just in time", secret, timestamp, body, signature, 5 * time.Minute, true},
		{"too late", secret, timestamp, body, signature, 5*time.Minute + time.Second, false},
		{"of the future", secret, timestamp, body, signature, -5*time.Minute - time.Second, false},
		{"another body", secret, timestamp, body + " ", signature, 0, false},
		{"another time", secret, "1531420619", body, signature, 0, false},
		{"another secret", secret + "x", timestamp, body, signature, 0, false},
		{"no secret", "", timestamp, body, signature, 0, false},
		{"no time", secret, "", body, signature, 0, false},
		{"no signature", secret, timestamp, body, "", 0, false},
		{"another version", secret, timestamp, body, "v1" + signature[2:], 0, false},
		{"half a signature", secret, timestamp, body, signature[:35], 0, false},
		{"no hexadecimal", secret, timestamp, body, "v0=wombat", 0, false},
		{"in capitals", secret, timestamp, body, "v0=" + strings.ToUpper(signature[3:]), 0, true},
	} {
		if got := signed([]byte(c.secret), c.timestamp, c.given, []byte(c.signed), then.Add(c.after)); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
	mac := hmac.New(sha256.New, nil)
	mac.Write([]byte("v0:" + timestamp + ":" + body))
	if signed(nil, timestamp, "v0="+hex.EncodeToString(mac.Sum(nil)), []byte(body), then) {
		t.Error("whoever signs without a secret is believed")
	}
}

// TestDialog: what Slack takes, whatever tags there are.
func TestDialog(t *testing.T) {
	for n := range 17 {
		var tags []link.Tag
		for i := range n {
			tags = append(tags, link.Tag{Name: fmt.Sprint("t", i), Label: strings.Repeat("ü*<!channel>", 10)})
		}
		view, err := dialog(tags, metadata{"r-1"})
		if err != nil {
			t.Fatal(err)
		}
		text, _ := json.Marshal(view)
		var got struct {
			Metadata string `json:"private_metadata"`
			Blocks   []struct {
				Optional bool
				Element  struct {
					Type    string
					Options []struct {
						Text struct{ Type, Text string }
					}
				}
			}
		}
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			if len(got.Blocks) != 1 {
				t.Errorf("without tags: %s", text)
			}
			continue
		}
		if len(got.Blocks) != 2 || len(got.Blocks[0].Element.Options) != n || (got.Blocks[0].Element.Type == "checkboxes") != (n <= maxCheckboxes) || len(got.Metadata) > 3000 {
			t.Errorf("%d tags: %s", n, text)
		}
		for _, block := range got.Blocks {
			if !block.Optional {
				t.Errorf("%d tags: somebody has to answer: %s", n, text)
			}
			for _, o := range block.Element.Options {
				if o.Text.Type != "plain_text" || len([]rune(o.Text.Text)) > maxOptionText {
					t.Errorf("an option is %+v", o)
				}
			}
		}
	}
}

func TestWord(t *testing.T) {
	for name, want := range map[string]string{"expired_trigger_id": "expired_trigger_id", "": "what is no error of Slack's", "wombat said: hi": "what is no error of Slack's"} {
		if got := word(name); got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, payload := range []string{
		`{"type":"block_actions","user":{"id":"U1","team_id":"T1"},"actions":[{"type":"feedback_buttons","value":"{\"response_id\":\"r\",\"vote\":\"up\"}"}]}`,
		`{"type":"view_submission","view":{"callback_id":"heed_reason","private_metadata":"{}","state":{"values":{"tags":{"tags":{"selected_options":[{"value":"x"}]}}}}}}`,
		`{"team":null,"actions":7}`,
	} {
		f.Add([]byte("payload=" + url.QueryEscape(payload)))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		c, err := parse(body)
		if err == nil && c == nil {
			t.Error("neither a call nor an error")
		}
		if err == nil {
			_, _ = c.person()
		}
	})
}
